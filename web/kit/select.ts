import { type Mark, markFromTalk, noMark } from "./marks.ts";
import type { Gap, State } from "./state.ts";
import { hasGap } from "./talk.ts";
import type { AgentId, ConversationId, ListName, Row, Signal } from "./wire.ts";

/** gaps lists the loaded Conversations that miss events. A stale one is opened again instead. */
export function gaps(state: State): Gap[] {
  return [...state.talks.values()]
    .filter((talk) => !talk.stale && hasGap(talk))
    .map((talk) => ({ conversation: talk.id, after: talk.through, upto: talk.head }));
}

/** stale lists the Conversations on screen that a reset has overtaken: open them again. */
export function stale(state: State): ConversationId[] {
  return [...state.talks.values()].filter((talk) => talk.stale).map((talk) => talk.id);
}

/** belongs reports whether a row is in a list of this agent. */
export function belongs(row: Row, list: ListName, me: AgentId): boolean {
  const thread = row.thread;
  switch (list) {
    case "my":
      return thread !== undefined && thread.state !== "closed" && (thread.lead === me || thread.members.includes(me));
    case "queue":
      return thread?.state === "queued";
    case "all":
      return true;
  }
}

/**
 * listed answers the rows of a list in its order: the queue by its
 * places, the others by the newest line. Rows behind the loaded part are left
 * out, since others between are missing.
 */
export function listed(state: State, list: ListName): Row[] {
  const me = state.me?.id ?? "";
  const compare = list === "queue" ? byPlace : byNewest;
  const edge = state.extents[list].edge;
  const rows = [...state.rows.values()].filter((row) => belongs(row, list, me) && (edge === undefined || compare(row, edge) <= 0));
  return rows.sort(compare);
}

/** countOf is how many rows a list has: exact where all of it is loaded, else as the server counted. */
export function countOf(state: State, list: ListName): number {
  const { loaded, next } = state.extents[list];
  const known = loaded ? listed(state, list).length : 0;
  return loaded && next === undefined ? known : Math.max(known, state.counts[list]);
}

/** unreadOf is what the reader has not read of a Conversation: counted from the events where they are on hand. */
export function unreadOf(state: State, conversation: ConversationId): Mark {
  return markFromTalk(state.marks.get(conversation) ?? noMark, state.talks.get(conversation), state.me?.id ?? "");
}

/** signalsOf lists the live signals of one kind in a Conversation. */
export function signalsOf(state: State, conversation: ConversationId, kind: Signal["kind"]): Signal[] {
  return [...state.signals.values()].filter((s) => s.conversation === conversation && s.kind === kind);
}

function byPlace(a: Row, b: Row): number {
  return placeOf(a) - placeOf(b) || byId(a, b);
}

/** placeOf is where a waiting row stands; a thread from before places had an order stands by its time. */
function placeOf(row: Row): number {
  return row.thread?.place || row.thread?.queued_at || 0;
}

function byNewest(a: Row, b: Row): number {
  return b.conversation.last.at - a.conversation.last.at || -byId(a, b);
}

function byId(a: Row, b: Row): number {
  return a.conversation.id < b.conversation.id ? -1 : a.conversation.id > b.conversation.id ? 1 : 0;
}
