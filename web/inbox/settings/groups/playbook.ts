/** A Playbook as its settings edit it. Pure. */
import { type Chapters, type Playbook, playbookLimits, type ReasonCode } from "$kit/playbook-api.ts";

/** chaptersOf is what of a Playbook is edited. */
export function chaptersOf({ transfer, group_chat, jump_in }: Playbook): Chapters {
  return { transfer, group_chat, jump_in };
}

/** tidied leaves out rows without words, and what belongs to them. */
export function tidied(chapters: Chapters): Chapters {
  const reasons = withCodes((chapters.transfer.reasons ?? []).filter((r) => r.label.trim() !== ""));
  const codes = new Set(reasons.map((r) => r.code));
  const questions = (chapters.transfer.questions ?? [])
    .filter((q) => q.text.trim() !== "")
    .map((q) => ({ ...q, reasons: (q.reasons ?? []).filter((code) => codes.has(code)) }));
  const { into, out, ...rest } = chapters.transfer;
  return { ...chapters, transfer: { ...rest, reasons, questions, ...(into?.who ? { into } : {}), ...(out?.who ? { out } : {}) } };
}

/** withCodes gives each reason that has words and no code yet one of its own; a code that is there stays for ever. */
export function withCodes(reasons: readonly ReasonCode[]): ReasonCode[] {
  const taken = new Set(reasons.map((r) => r.code).filter((code) => code !== ""));
  return reasons.map((reason) => {
    if (reason.code !== "" || reason.label.trim() === "") return reason;
    const code = free(codeOf(reason.label), taken);
    taken.add(code);
    return { ...reason, code };
  });
}

/** codeOf is a text as the server makes a code of it: letters and digits in lower case, with a dash between. */
export function codeOf(text: string): string {
  const words = text.toLowerCase().match(/[\p{L}\p{M}\p{Nd}]+/gu) ?? [];
  return [...words.join("-")].slice(0, 36).join("").replace(/-+$/, "");
}

function free(code: string, taken: ReadonlySet<string>): string {
  const base = code === "" ? "reason" : code;
  let n = 2;
  let found = base;
  for (; taken.has(found); n++) found = `${base}-${n}`;
  return found;
}

const roomFor = (list: readonly unknown[] | undefined, most: number) => (list?.length ?? 0) < most;

/** mayAdd reports whether one more reason or question fits. */
export function mayAdd(chapters: Chapters): { reason: boolean; question: boolean } {
  return {
    reason: roomFor(chapters.transfer.reasons, playbookLimits.reasons),
    question: roomFor(chapters.transfer.questions, playbookLimits.questions),
  };
}
