/** A rehearsal's outcome as lines that a person can read, each with the chats behind it. Pure. */
import type { OutcomeChange, RehearsalDiff, WaitChange } from "$kit/rules.ts";
import type { ConversationId } from "$kit/wire.ts";
import type { WordKey } from "../words";

/** Words puts a text together, as w does. */
export type Words = (key: WordKey, params?: Record<string, string | number>) => string;

/** Names are how the people of the workspace call what has an id. */
export interface Names {
  group: (id: string) => string;
  clock: (seconds: number) => string;
}

/** Evidence is a list of chats and what they have in common. */
export interface Evidence {
  label: string;
  ids: ConversationId[];
}

/** DiffLine is one finding. better and worse are for a mark beside it; neither where nothing changed. */
export interface DiffLine {
  key: string;
  text: string;
  tone: "same" | "better" | "worse" | "moved";
  evidence: Evidence[];
}

/** diffLines tells a rehearsal's outcome. */
export function diffLines(diff: RehearsalDiff, words: Words, names: Names): DiffLine[] {
  return [
    ...movedLines(diff, words, names),
    outcomeLine("nobody", diff.nobody, words),
    outcomeLine("left", diff.left, words),
    outcomeLine("by_mail", diff.by_mail, words),
    waitLine("median", diff.median, words, names),
    waitLine("slowest", diff.slowest, words, names),
  ];
}

function movedLines(diff: RehearsalDiff, words: Words, names: Names): DiffLine[] {
  if (diff.moves.length === 0) return [{ key: "moves", text: words("diff.moves.none"), tone: "same", evidence: [] }];
  return diff.moves.map((move) => ({
    key: `move-${move.from}-${move.to}`,
    text: words("diff.move", { n: move.ids.length, from: names.group(move.from), to: names.group(move.to) }),
    tone: "moved",
    evidence: [{ label: words("diff.these"), ids: move.ids }],
  }));
}

function outcomeLine(name: "nobody" | "left" | "by_mail", change: OutcomeChange, words: Words): DiffLine {
  const [before, after] = [change.before.length, change.after.length];
  return {
    key: name,
    text: words(`diff.${name}`, { n: after, before }),
    tone: toneOf(before, after, change.new.length > 0),
    evidence: [
      { label: words("diff.new"), ids: change.new },
      { label: words("diff.after"), ids: change.after.filter((id) => !change.new.includes(id)) },
      { label: words("diff.no-more"), ids: change.before.filter((id) => !change.after.includes(id)) },
    ].filter((part) => part.ids.length > 0),
  };
}

function waitLine(name: "median" | "slowest", change: WaitChange, words: Words, names: Names): DiffLine {
  const [before, after] = [seconds(change.before), seconds(change.after)];
  return {
    key: name,
    text: words(`diff.${name}`, { before: names.clock(before), after: names.clock(after) }),
    tone: toneOf(before, after, false),
    evidence: [
      { label: words("diff.above.after"), ids: change.after_above },
      { label: words("diff.above.before"), ids: change.before_above },
    ].filter((part) => part.ids.length > 0),
  };
}

function toneOf(before: number, after: number, others: boolean): DiffLine["tone"] {
  if (after === before) return others ? "moved" : "same";
  return after < before ? "better" : "worse";
}

/** The server's spans are nanoseconds. */
function seconds(nanos: number): number {
  return Math.round(nanos / 1e9);
}

/** Progress is how a long work goes on. */
export interface Progress {
  share: number;
  /** Per second; 0 = not known yet. */
  rate: number;
  /** Seconds left; null = not known yet. */
  left: number | null;
}

/** progressOf tells rate and time left from how much was done since the work began to be watched. */
export function progressOf(done: number, total: number, first: { done: number; atMs: number }, nowMs: number): Progress {
  const share = total > 0 ? Math.min(1, done / total) : 0;
  const elapsed = (nowMs - first.atMs) / 1000;
  const rate = elapsed >= 1 ? (done - first.done) / elapsed : 0;
  return { share, rate, left: rate > 0 ? Math.ceil((total - done) / rate) : null };
}
