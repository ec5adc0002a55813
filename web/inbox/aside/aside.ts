/** What the open Conversation shows of its side-talks. Pure. */
import { type SideTalk, sideState } from "$kit/sidetalks.ts";
import type { Agent, Event, EventOfKind, Group, Thread } from "$kit/wire.ts";

/** shownSides are those that are not done: without an answer, or with one that nobody has used. Who is not admitted has none. */
export function shownSides(thread: Thread | undefined): SideTalk[] {
  if (thread === undefined || thread.state === "closed") return [];
  return (thread.side_talks ?? []).filter((s) => sideState(s) === "open" || sideState(s) === "answered");
}

/** answerNote is the newest answer to a side-talk that is known here and was not taken back. */
export function answerNote(events: readonly Event[], side: SideTalk): EventOfKind<"note"> | undefined {
  return events.findLast(
    (e): e is EventOfKind<"note"> =>
      e.kind === "note" && e.body.answer?.side === side.seq && !e.body.answer.due && !e.body.emptied && e.body.text !== "",
  );
}

/** newestAnswer is the answer that the key puts into the reply: the newest one that nobody has used. */
export function newestAnswer(events: readonly Event[], sides: readonly SideTalk[]): EventOfKind<"note"> | undefined {
  const notes = sides.filter((s) => sideState(s) === "answered").flatMap((s) => answerNote(events, s) ?? []);
  return notes.sort((x, y) => y.seq - x.seq)[0];
}

export interface Askable {
  people: { id: string; name: string; status: Agent["status"]; role: Agent["role"] }[];
  groups: { id: string; name: string; onShift: number }[];
}

/** askable lists whom one could ask whose name holds some words: groups, then colleagues, by name. */
export function askable(team: Iterable<Agent>, groups: Iterable<Group>, me: string, words: string): Askable {
  const wanted = words.trim().toLocaleLowerCase();
  const fits = ({ name }: { name: string }) => name.toLocaleLowerCase().includes(wanted);
  const byName = (x: { name: string }, y: { name: string }) => x.name.localeCompare(y.name);
  const others = [...team].filter((x) => !x.disabled && x.id !== me);
  const working = others.filter((x) => x.status === "accepting" || x.status === "finishing");
  return {
    people: others
      .filter(fits)
      .map(({ id, name, status, role }) => ({ id, name, status, role }))
      .sort(byName),
    groups: [...groups]
      .filter((g) => !g.deleted && fits(g))
      .map((g) => ({ id: g.id, name: g.name, onShift: working.filter((x) => x.groups.includes(g.id)).length }))
      .sort(byName),
  };
}

const lines: Readonly<Record<string, string>> = {
  ar: "لقد سألت أحد زملائي، وقد يستغرق ذلك لحظات.",
  de: "Ich habe jemanden aus dem Team gefragt; das kann einen Moment dauern.",
  en: "I have asked a colleague; this may take a moment.",
  es: "He preguntado a un compañero; puede tardar un momento.",
  fr: "J'ai posé la question à un collègue ; cela peut prendre un instant.",
  ja: "担当の者に確認しております。少々お待ちください。",
  pt: "Perguntei a um colega; pode demorar um momento.",
};

/** waitingLine is what a visitor is told while an answer takes its time, in his language. */
export function waitingLine(language: string | undefined): string {
  return lines[(language ?? "").toLowerCase().split("-")[0] ?? ""] ?? lines["en"] ?? "";
}
