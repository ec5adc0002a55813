import type { NewOutgoing, Outgoing } from "./outbox.ts";

/** outPrefix is how the names of unsent messages begin on a Shelf. */
export const outPrefix = "out.";

/** outgoingOf makes what a composer hands over a message that waits behind those that wait already. */
export function outgoingOf(message: NewOutgoing, key: string, now: number, before: readonly Outgoing[]): Outgoing {
  return {
    files: [],
    typingMs: 0,
    seen: 0,
    ...message,
    key,
    text: wellFormed(message.text),
    at: nextAt(before, now),
    state: "waiting",
    unknown: false,
  };
}

/** nextAt keeps the order of writing even where the clock stands still or jumps back. */
export function nextAt(before: readonly Outgoing[], now: number): number {
  return before.reduce((least, item) => Math.max(least, item.at + 1), now);
}

/** wellFormed replaces halves of characters and drops NUL, which the server would refuse. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\ufffd").replaceAll("\u0000", "");
}
