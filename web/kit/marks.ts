import type { Talk } from "./talk.ts";
import type { AgentId, Event, Row } from "./wire.ts";

/** Mark is how far the reader has read a Conversation, and what stands after that. */
export interface Mark {
  read: number;
  /** Messages and notes of others after `read`, up to `upto`. */
  unread: number;
  /** The seq that `unread` includes. */
  upto: number;
  /** The events themselves are not on hand, so `unread` may be off until they are: show it as a dot. */
  rough: boolean;
}

/** noMark is a Conversation of which nothing is known. */
export const noMark: Mark = { read: 0, unread: 0, upto: 0, rough: false };

/** markOfSnapshot takes what a snapshot counted, unless later events are counted already. */
export function markOfSnapshot(mark: Mark | undefined, row: Row): Mark {
  const fresh: Mark = { read: row.read ?? 0, unread: row.unread ?? 0, upto: row.conversation.head, rough: false };
  if (mark === undefined) return fresh;
  if (mark.upto > fresh.upto) return mark;
  return markRead(fresh, mark.read);
}

/** markWithEvent counts an event once: one that is included already changes nothing. */
export function markWithEvent(mark: Mark, event: Event, me: AgentId): Mark {
  if (event.seq <= mark.upto) return mark;
  const counts = event.seq > mark.read && isUnreadable(event) && event.actor.id !== me;
  // A number was jumped over: it may be one that this reader may not see, or one that is still to be loaded.
  const rough = mark.rough || event.seq > mark.upto + 1;
  return { ...mark, upto: event.seq, unread: mark.unread + (counts ? 1 : 0), rough };
}

/** markWithRow hears from a row that events came; only the newest line among them is known. */
export function markWithRow(mark: Mark, row: Row, me: AgentId): Mark {
  const { head, last } = row.conversation;
  if (head <= mark.upto) return mark;
  const counts = last.seq > mark.upto && last.seq > mark.read && last.by_id !== me;
  return { ...mark, upto: head, unread: mark.unread + (counts ? 1 : 0), rough: mark.rough || head - mark.upto > 1 };
}

/** markRead raises what is read. */
export function markRead(mark: Mark, seq: number): Mark {
  if (seq <= mark.read) return mark;
  if (seq >= mark.upto) return { ...mark, read: seq, unread: 0, rough: false };
  return { ...mark, read: seq, unread: Math.min(mark.unread, mark.upto - seq), rough: mark.rough || mark.unread > 0 };
}

/** markFromTalk counts from the events themselves, where all after `read` are on hand. */
export function markFromTalk(mark: Mark, talk: Talk | undefined, me: AgentId): Mark {
  if (talk === undefined || !covers(talk, mark.read)) return mark;
  let unread = 0;
  for (let i = talk.events.length - 1; i >= 0; i--) {
    const event = talk.events[i];
    if (event === undefined || event.seq <= mark.read) break;
    if (isUnreadable(event) && event.actor.id !== me) unread++;
  }
  return { ...mark, unread, rough: false };
}

function covers(talk: Talk, read: number): boolean {
  const first = talk.events[0]?.seq ?? Number.POSITIVE_INFINITY;
  return !talk.stale && (!talk.more || first <= read + 1) && talk.through >= talk.head;
}

/** isUnreadable says which events wait to be read. */
function isUnreadable(event: Event): boolean {
  return event.kind === "message" || event.kind === "note";
}
