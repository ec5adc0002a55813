/** Which Conversations ring for an agent, and how that ended. Pure. */
import type { Event, EventOfKind, Row } from "$kit/wire.ts";

/** Ringing is a Conversation that is offered to this agent. */
export interface Ringing {
  conversation: string;
  thread: string;
  at: number;
  deadline: number;
  row: Row;
}

/** ringingFor lists the offers to an agent that are still open, the most urgent first. */
export function ringingFor(rows: Iterable<Row>, me: string, now: number): Ringing[] {
  const found: Ringing[] = [];
  for (const row of rows) {
    if (row.thread === undefined || (row.thread.state !== "queued" && row.thread.transfer === undefined)) continue;
    const offer = row.thread.offers?.find((o) => o.agent === me);
    if (offer === undefined || offer.deadline <= now) continue;
    found.push({ conversation: row.conversation.id, thread: row.thread.id, at: offer.at, deadline: offer.deadline, row });
  }
  return found.sort((a, b) => a.deadline - b.deadline || (a.conversation < b.conversation ? -1 : 1));
}

/** Ended is how an offer to this agent ended without him; lead is who has the Conversation now. */
export type Ended = { how: "taken"; lead: string } | { how: "mine" | "expired" | "withdrawn" };

/** endedOf says how an offer ended, from the row as it stands afterwards (undefined: not to be seen any more). */
export function endedOf(offer: Ringing, row: Row | undefined, me: string, now: number): Ended {
  const thread = row?.thread?.id === offer.thread ? row.thread : undefined;
  const passed = offer.row.thread?.transfer;
  if (passed !== undefined) return endedPass(offer, thread, me, now);
  if (thread?.state === "active" && thread.lead === me) return { how: "mine" };
  if (thread?.state === "active" && thread.lead) return { how: "taken", lead: thread.lead };
  return { how: thread?.state === "queued" && now >= offer.deadline - grace ? "expired" : "withdrawn" };
}

/** endedPass is how being asked to take over ended: the lead keeps the Conversation, which may be out of sight by then. */
function endedPass(offer: Ringing, thread: Row["thread"], me: string, now: number): Ended {
  if (thread?.lead === me) return { how: "mine" };
  const lead = thread?.state === "active" && thread.lead !== offer.row.thread?.lead ? thread.lead : undefined;
  if (lead) return { how: "taken", lead };
  return { how: now >= offer.deadline - grace ? "expired" : "withdrawn" };
}

/** The server may end an offer a moment before the clock here has come to its end, in microseconds. */
const grace = 1_500_000;

/** whyOf finds the event by which a Conversation was offered to an agent: it says why. */
export function whyOf(events: readonly Event[], me: string): EventOfKind<"offer"> | undefined {
  return events.findLast((e): e is EventOfKind<"offer"> => e.kind === "offer" && e.body.agent === me);
}

/** passedBy finds what a colleague passes on with an offer: his words, and all that travels with them. */
export function passedBy(events: readonly Event[], transfer: number): EventOfKind<"transfer"> | undefined {
  return events.findLast((e): e is EventOfKind<"transfer"> => e.kind === "transfer" && e.seq === transfer);
}

/** secondsLeft is how long an offer still rings. */
export function secondsLeft(deadline: number, now: number): number {
  return Math.max(0, Math.ceil((deadline - now) / 1e6));
}
