import type { Outgoing } from "$kit/outbox.ts";
import type { Event } from "$kit/wire.ts";
import { isSaid } from "./timeline";

/**
 * pendingShown answers which unacknowledged messages of a Conversation still
 * stand below its events: one whose own event came over the stream before the
 * answer of its request is on screen already.
 */
export function pendingShown(events: readonly Event[], items: readonly Outgoing[], conversation: string, me: string): Outgoing[] {
  const used = new Set<number>();
  return items.filter((item) => {
    if (item.conversation !== conversation) return false;
    // Another tab reads from the store what this one is just sending: it waits there, and its fate is unknown.
    if (item.state !== "sending" && !(item.state === "waiting" && item.unknown)) return true;
    const arrived = events.find(
      (e) =>
        (isSaid(e) || e.kind === "proposal") &&
        e.seq > item.seen &&
        !used.has(e.seq) &&
        e.actor.id === me &&
        (e.kind === "message" || e.kind === "proposal" ? "reply" : e.kind) === item.voice &&
        e.body.text === item.text,
    );
    if (arrived) used.add(arrived.seq);
    return arrived === undefined;
  });
}
