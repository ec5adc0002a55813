/** What became of passing a Conversation on. Pure. */
import type { AgentId, Event, EventOfKind, Thread } from "$kit/wire.ts";

/** Outcome is how the last transfer ended that somebody began and nobody took up. */
export interface Outcome {
  seq: number;
  told: EventOfKind<"transfer">["body"];
  how: "declined" | "expired";
  /** Who declined, and why he says. */
  name: string;
  reason: string;
}

/**
 * outcomeOf is what its sender must still be told: that it was declined, or that
 * it rang in vain. His next words to the visitor, another transfer, and whatever
 * gives the Thread to somebody else end that.
 */
export function outcomeOf(thread: Thread | undefined, events: readonly Event[], me: AgentId): Outcome | null {
  if (thread?.state !== "active" || thread.transfer !== undefined) return null;
  const at = events.findLastIndex((e) => e.thread === thread.id && e.kind === "transfer.ended");
  const ended = events[at];
  if (ended?.kind !== "transfer.ended") return null;
  const { how, transfer, agent_name: name = "", reason = "" } = ended.body;
  const began = events.find((e) => e.seq === transfer);
  if (began?.kind !== "transfer" || began.body.transfer.by !== me || (how !== "declined" && how !== "expired")) return null;
  if (events.slice(at + 1).some((e) => overtakes(e, me))) return null;
  return { seq: transfer, told: began.body, how, name, reason };
}

function overtakes(event: Event, me: AgentId): boolean {
  if (event.kind === "message") return event.actor.kind === "agent" && event.actor.id === me;
  return event.kind === "assign" || event.kind === "hold" || event.kind === "thread.moved" || event.kind === "thread.requeued";
}
