/** How a sitting that is over is replayed: when each line comes, and before which one asks oneself. Pure. */
import type { Event, EventOfKind } from "$kit/wire.ts";

export type Spoken = EventOfKind<"message"> | EventOfKind<"note">;
/** Quotable is what a coach may mark: also what was whispered to him, and what was proposed. */
export type Quotable = Spoken | EventOfKind<"whisper"> | EventOfKind<"proposal">;

/** Step is one line of a lesson. */
export interface Step {
  event: Spoken;
  /** How long the replay waits before it at speed 1, in milliseconds. */
  wait: number;
  /** How long it really took where that was shortened, in milliseconds; 0 = it was not. */
  cut: number;
  /** The seq of the visitor's message that this line is the team's first answer to; 0 = it is none. */
  answers: number;
}

/** Pauses are replayed up to this length, in milliseconds. */
export const longestWait = 20_000;

export const speeds = [1, 4, 16] as const;
export type Speed = (typeof speeds)[number];

/** lesson is the lines of one sitting in their order, each with its own wait. */
export function lesson(events: readonly Event[], thread: string): Step[] {
  const spoken = events
    .filter((e): e is Spoken => (e.kind === "message" || e.kind === "note") && e.thread === thread)
    .sort((a, b) => a.seq - b.seq);
  let asked = 0;
  return spoken.map((event, i) => {
    const before = spoken[i - 1];
    const real = before === undefined ? 0 : Math.max(0, Math.round((event.at - before.at) / 1000));
    const answers = event.kind === "message" && event.actor.kind === "agent" ? asked : 0;
    if (event.kind === "message") asked = event.actor.kind === "visitor" ? event.seq : 0;
    return { event, wait: Math.min(real, longestWait), cut: real > longestWait ? real : 0, answers };
  });
}

/** waitAt is how long a step waits at a speed, in milliseconds. */
export function waitAt(step: Step | undefined, speed: Speed): number {
  return step === undefined ? 0 : Math.round(step.wait / speed);
}

/** Place is how far a replay has got: so many lines are shown, and whether one has asked oneself about the next. */
export interface Place {
  shown: number;
  asked: boolean;
}

/** ahead shows the next line; before an answer of the team it first stops to ask, where that is wanted. */
export function ahead(steps: readonly Step[], at: Place, asking: boolean): Place {
  const next = steps[at.shown];
  if (next === undefined) return at;
  if (asking && next.answers > 0 && !at.asked) return { shown: at.shown, asked: true };
  return { shown: at.shown + 1, asked: false };
}

/** back hides the last line. */
export function back(at: Place): Place {
  return at.asked ? { shown: at.shown, asked: false } : { shown: Math.max(0, at.shown - 1), asked: false };
}
