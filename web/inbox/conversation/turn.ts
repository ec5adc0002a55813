/** What an open Conversation asks of its people: a reply that is due, or who should lead it. Pure. */
import type { AgentId, Event, Micros, Thread } from "$kit/wire.ts";

/** dueOf is until when my first reply is due, once I was told so; 0 = it is not, as while somebody is asked to take over. */
export function dueOf(thread: Thread | undefined, events: readonly Event[], me: AgentId): Micros {
  if (thread?.state !== "active" || thread.lead !== me || thread.replied_at || thread.transfer || !thread.warned_at) return 0;
  const told = events.findLast((e) => e.kind === "reply.due" && e.body.agent === me && e.thread === thread.id);
  return told?.kind === "reply.due" ? told.body.deadline : thread.warned_at;
}

/** Wish is what may be done about who leads: I ask for what was mine, or give it to who asks. */
export type Wish = { ask: true; asked: boolean } | { give: AgentId } | null;

/** wishOf answers what this agent may wish for in an open Conversation. */
export function wishOf(thread: Thread | undefined, me: AgentId): Wish {
  if (thread?.state !== "active") return null;
  if (thread.lead === me) return thread.asked_by && thread.asked_by !== me ? { give: thread.asked_by } : null;
  const mine = thread.taken_from === me || thread.moved_from === me;
  return mine ? { ask: true, asked: thread.asked_by === me } : null;
}
