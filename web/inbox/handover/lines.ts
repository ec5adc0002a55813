/** What becomes of each conversation at the end of a shift, as it stands in the form. Pure. */
import type { Handing, HandoverLine, HandoverOther, HandoverWay } from "$kit/handover-api.ts";
import type { PlaybookQuestion, ReasonCode, TransferChapter } from "$kit/playbook-api.ts";
import type { Group, GroupId } from "$kit/wire.ts";
import { asksWhy, emptyChapter, questionsOf } from "../passing/form";

/** Choice is what becomes of one line, as it stands in the form. */
export interface Choice {
  /** A way, or "agent:" and the colleague. */
  pick: string;
  /** Which of the colleague's groups has it then; "" = as proposed. */
  group: GroupId;
  /** A code of that group's playbook, or words. */
  reason: string;
  answers: Record<string, string>;
  note: string;
  say: string;
  speaks: boolean;
}

/** chosen is the choice that a line begins with: what is proposed. Whose visitor waits is told who goes on. */
export function chosen(line: HandoverLine, say: string): Choice {
  return {
    pick: pickOf(line.way, line.to),
    group: "",
    reason: "",
    answers: {},
    note: "",
    say: line.say ?? say,
    speaks: line.part === "lead" && (line.waiting_since ?? 0) > 0,
  };
}

/** resumed is a line's choice as it was changed before, as far as it can still be chosen. */
export function resumed(line: HandoverLine, begun: Choice, kept: Partial<Choice> | undefined): Choice {
  const pick = kept?.pick ?? begun.pick;
  const fits = pick.startsWith("agent:") ? line.part !== "member" : waysOf(line).some((way) => way === pick);
  return { ...begun, ...kept, pick: fits ? pick : begun.pick };
}

/** changedOf are the choices that are not as they began: those that are kept when the form is left. */
export function changedOf(begun: Readonly<Record<string, Choice>>, choices: Readonly<Record<string, Choice>>): Record<string, Choice> {
  const differs = (id: string, choice: Choice) =>
    Object.entries(begun[id] ?? {}).some(([part, was]) => JSON.stringify(choice[part as keyof Choice]) !== JSON.stringify(was));
  return Object.fromEntries(Object.entries(choices).filter(([id, choice]) => differs(id, choice)));
}

export function pickOf(way: HandoverWay, to = ""): string {
  return way === "agent" ? `agent:${to}` : way;
}

/** proposed reports whether a choice is still what was proposed, whose reason is shown then. */
export function proposed(line: HandoverLine, choice: Choice): boolean {
  return choice.pick === pickOf(line.way, line.to);
}

/** waysOf lists what else may become of a line, besides going to a colleague. */
export function waysOf(line: HandoverLine): HandoverWay[] {
  if (line.part === "member") return ["leave", "keep"];
  return line.may_close ? ["group", "keep", "close"] : ["group", "keep"];
}

/** Taker is a colleague who may be chosen for a line, or why he may not. */
export interface Taker extends Pick<HandoverOther, "bar" | "gave"> {
  agent: string;
  load: number;
  limit: number;
  /** Those that could have it then, the proposed one first. */
  groups: readonly GroupId[];
}

/**
 * takersOf lists the heirs in their order, then whoever else is here: those who have
 * room, and at the end those who are none to give it to, with why. Who is chosen already
 * stands among them whatever became of him.
 */
export function takersOf(line: HandoverLine, pick: string): Taker[] {
  if (line.part === "member") return [];
  const all: (Taker & { fits: boolean })[] = [
    ...line.heirs.map((h) => ({ ...h, groups: [line.group] })),
    ...line.others.map((o) => ({ ...o, fits: o.load + 100 <= o.limit })),
  ];
  const open = all.filter((x) => x.fits && x.bar === undefined);
  const barred = all.filter((x) => x.bar !== undefined);
  const listed = [...open, ...barred].map(({ fits: _, ...taker }) => taker);
  const [way, kept = ""] = pick.split(":");
  if (way !== "agent" || listed.some((x) => x.agent === kept)) return listed;
  const now = all.find((x) => x.agent === kept);
  return [...listed, { agent: kept, load: now?.load ?? 0, limit: now?.limit ?? 0, groups: now?.groups ?? [line.group] }];
}

/** takerOf is the colleague who is chosen; undefined where it goes another way. */
export function takerOf(choice: Choice, takers: readonly Taker[]): Taker | undefined {
  const [way, agent] = choice.pick.split(":");
  return way === "agent" ? takers.find((x) => x.agent === agent) : undefined;
}

/** groupOf is the group that has it then. */
export function groupOf(line: HandoverLine, choice: Choice, taker: Taker | undefined): GroupId {
  if (taker === undefined || line.part !== "lead") return line.group;
  return taker.groups.includes(choice.group) ? choice.group : (taker.groups[0] ?? line.group);
}

/** Asked is what must be said before it goes there. */
export interface Asked {
  why: "codes" | "again" | "line" | null;
  codes: readonly ReasonCode[];
  questions: readonly PlaybookQuestion[];
}

/**
 * askedOf is what the gates of every transfer ask: of a group that it comes to, what its
 * playbook says; inside its own group nothing but why it goes on once more.
 */
export function askedOf(
  line: HandoverLine,
  choice: Choice,
  to: { group: GroupId; chapter: TransferChapter; own: Group | undefined },
): Asked {
  if (line.part !== "lead" || !choice.pick.startsWith("agent:")) return { why: null, codes: [], questions: [] };
  const chapter = to.group === line.group ? emptyChapter : to.chapter;
  const why = asksWhy({ chapter, own: to.own, thread: { passed: line.passed ?? [], group: line.group }, option: { group: to.group } });
  return { why, codes: chapter.reasons ?? [], questions: questionsOf(chapter, choice.reason) };
}

/** Missing is what is not said yet, or names him who is not to have it back. */
export type Missing = { field: "reason"; what: "codes" | "again" | "line" | "back" } | { field: "question"; id: string };

/** missingOf finds what the server would refuse. */
export function missingOf(choice: Choice, asked: Asked, taker: Taker | undefined): Missing[] {
  const reason = reasonOf(choice, asked);
  const found: Missing[] = [];
  if (asked.why !== null && reason === "") found.push({ field: "reason", what: asked.why });
  if (reason !== "" && taker?.gave?.includes(reason)) found.push({ field: "reason", what: "back" });
  for (const q of asked.questions) {
    if (q.required && (choice.answers[q.id] ?? "").trim() === "") found.push({ field: "question", id: q.id });
  }
  return found;
}

/** reasonOf is the reason that is sent: one of the codes where there are any. */
export function reasonOf(choice: Choice, asked: Asked): string {
  if (asked.why === null) return "";
  const reason = choice.reason.trim();
  return asked.codes.length === 0 || asked.codes.some((c) => c.code === reason) ? reason : "";
}

/** maySpeak reports whether the visitor of a line can be told anything: one talks to him, and does not close. */
export function maySpeak(line: HandoverLine, choice: Choice): boolean {
  return line.part === "lead" && choice.pick !== "close";
}

/** To is where a line goes, and what is asked for that. */
export interface To {
  taker: Taker | undefined;
  group: GroupId;
  asked: Asked;
}

/** handings is what the form says, for the server. */
export function handings(
  lines: readonly HandoverLine[],
  choices: Readonly<Record<string, Choice>>,
  toOf: (line: HandoverLine, choice: Choice) => To,
): Handing[] {
  return lines.flatMap((line) => {
    const choice = choices[line.conversation];
    if (choice === undefined) return [];
    const [way = "group", to] = choice.pick.split(":") as [HandoverWay, string?];
    const note = choice.note.trim();
    const say = choice.speaks && maySpeak(line, choice) ? choice.say.trim() : "";
    const where = to ? { to, ...crossing(line, choice, toOf(line, choice)) } : {};
    return [{ conversation: line.conversation, way, ...where, ...(note ? { note } : {}), ...(say ? { say } : {}) }];
  });
}

function crossing(line: HandoverLine, choice: Choice, { group, asked }: To): Pick<Handing, "group" | "reason" | "answers"> {
  const reason = reasonOf(choice, asked);
  const answers = Object.fromEntries(
    asked.questions.map((q) => [q.id, (choice.answers[q.id] ?? "").trim()] as const).filter(([, text]) => text !== ""),
  );
  return {
    ...(group === line.group ? {} : { group }),
    ...(reason === "" ? {} : { reason }),
    ...(Object.keys(answers).length === 0 ? {} : { answers }),
  };
}
