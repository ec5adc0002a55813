/** What the two people of feedback can do now, and how lists of coaching are put together. Pure. */
import type { Feedback, FeedbackAct, Quote } from "$kit/coaching-api.ts";

/** Deed is an act with feedback; asks is whether it needs words. */
export interface Deed {
  act: FeedbackAct;
  asks: boolean;
}

const quiet = (act: FeedbackAct): Deed => ({ act, asks: false });
const worded = (act: FeedbackAct): Deed => ({ act, asks: true });

/** deedsOf are the acts that make sense for one of the two, the likeliest first; the server has the last word. */
export function deedsOf(feedback: Pick<Feedback, "coach" | "agent" | "state">, me: string): Deed[] {
  const said = ["answered", "accepted", "disputed"].includes(feedback.state);
  if (feedback.state === "settled" || feedback.state === "withdrawn") return [];
  if (me === feedback.coach) {
    if (feedback.state === "draft") return [quiet("give"), quiet("withdraw")];
    return said ? [worded("reply"), quiet("settle"), quiet("withdraw")] : [quiet("withdraw")];
  }
  if (me !== feedback.agent) return [];
  if (feedback.state === "accepted") return [worded("answer"), worded("dispute"), quiet("settle")];
  if (feedback.state === "disputed") return [quiet("accept"), worded("answer"), quiet("settle")];
  if (feedback.state === "answered") return [quiet("accept"), worded("answer"), worded("dispute"), quiet("settle")];
  return [quiet("accept"), worded("answer"), worded("dispute")];
}

/** Address of the first to the last quoted line, where they are marked. */
export function addressOfLines(conversation: string, from: number, to: number): string {
  return `/c/${encodeURIComponent(conversation)}?at=${from}${to > from ? `&to=${to}` : ""}`;
}

/** textOf is what a quoted line says; null where it was taken back. */
export function textOf(event: Quote["events"][number]): string | null {
  if (event.kind !== "message" && event.kind !== "note" && event.kind !== "whisper" && event.kind !== "proposal") return null;
  if (event.body.emptied) return null;
  return event.body.text || (event.body.files?.map((f) => f.name).join(", ") ?? "");
}

/** stretchOf is the marked lines: so many said lines up to the last one. */
export function stretchOf<T extends { seq: number }>(lines: readonly T[], last: number, count: number): T[] {
  const end = lines.findIndex((line) => line.seq === last);
  const to = end < 0 ? lines.length : end + 1;
  return lines.slice(Math.max(0, to - Math.max(1, count)), to);
}
