import type { BoardAgent } from "$kit/routing-api.ts";
import type { Handing, HandoverLine, HandoverWay, RefusedLine } from "$kit/handover-api.ts";

/** Choice is what becomes of one line, as it stands in the form. */
export interface Choice {
  /** A way, or "agent:" and the colleague. */
  pick: string;
  note: string;
  say: string;
  speaks: boolean;
}

/** chosen is the choice that a line begins with: what is proposed. Whose visitor waits is told who goes on. */
export function chosen(line: HandoverLine, say: string): Choice {
  return { pick: pickOf(line.way, line.to), note: "", say: line.say ?? say, speaks: line.part === "lead" && (line.waiting_since ?? 0) > 0 };
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
    Object.entries(begun[id] ?? {}).some(([part, was]) => choice[part as keyof Choice] !== was);
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

/** Taker is a colleague who may be chosen for a line. */
export interface Taker {
  agent: string;
  load: number;
  limit: number;
}

/**
 * takersOf lists the heirs in their order, then whoever else is here: those who have
 * room. Who is chosen already stands among them whatever became of him.
 */
export function takersOf(line: HandoverLine, here: readonly BoardAgent[], me: string, pick: string): Taker[] {
  if (line.part === "member") return [];
  const heirs = line.heirs.filter((h) => h.fits);
  const known = new Set(line.heirs.map((h) => h.agent));
  const others = here.filter((a) => a.agent !== me && !known.has(a.agent) && isHere(a) && a.load + 100 <= a.limit);
  const listed = [...heirs, ...others].map(({ agent, load, limit }) => ({ agent, load, limit }));
  const [way, kept = ""] = pick.split(":");
  if (way !== "agent" || listed.some((x) => x.agent === kept)) return listed;
  const now = here.find((a) => a.agent === kept) ?? line.heirs.find((h) => h.agent === kept);
  return [...listed, { agent: kept, load: now?.load ?? 0, limit: now?.limit ?? 0 }];
}

function isHere(agent: BoardAgent): boolean {
  return agent.present && (agent.status === "accepting" || agent.status === "finishing");
}

/** maySpeak reports whether the visitor of a line can be told anything: one talks to him, and does not close. */
export function maySpeak(line: HandoverLine, choice: Choice): boolean {
  return line.part === "lead" && choice.pick !== "close";
}

/** handings is what the form says, for the server. */
export function handings(lines: readonly HandoverLine[], choices: Readonly<Record<string, Choice>>): Handing[] {
  return lines.flatMap((line) => {
    const choice = choices[line.conversation];
    if (choice === undefined) return [];
    const [way = "group", to] = choice.pick.split(":") as [HandoverWay, string?];
    const note = choice.note.trim();
    const say = choice.speaks && maySpeak(line, choice) ? choice.say.trim() : "";
    return [{ conversation: line.conversation, way, ...(to ? { to } : {}), ...(note ? { note } : {}), ...(say ? { say } : {}) }];
  });
}

/** refusedOf reads what is in the way; none where the refusal is another. */
export function refusedOf(data: unknown): RefusedLine[] {
  if (typeof data !== "object" || data === null || !("lines" in data) || !Array.isArray(data.lines)) return [];
  return data.lines.filter((l): l is RefusedLine => typeof l?.conversation === "string" && typeof l?.why === "string");
}
