/** How the reader's own watching is folded. Pure. */
import type { ConversationId, Event, Observing, Watch, Watched, WatchInvited } from "./wire.ts";

/** Watching is what the reader watches, who watches what he leads, and what he is asked to watch, by Conversation. */
export interface Watching {
  mine: ReadonlyMap<ConversationId, Watch>;
  others: ReadonlyMap<ConversationId, Watched>;
  invited: ReadonlyMap<ConversationId, WatchInvited>;
}

/** unwatched is the Watching of somebody who has nothing to do with it. */
export const unwatched: Watching = { mine: new Map(), others: new Map(), invited: new Map() };

/** watchingOf is the Watching of a snapshot. */
export function watchingOf(o: Observing | undefined): Watching {
  if (o === undefined) return unwatched;
  return {
    mine: new Map(o.watching.map((w) => [w.conversation, w])),
    others: new Map(o.watched.map((w) => [w.conversation, w])),
    invited: new Map(o.invited.map((i) => [i.conversation, i])),
  };
}

/** foldWatching is the Watching after an event of the reader's own or of a Conversation. */
export function foldWatching(w: Watching, event: Event): Watching {
  switch (event.kind) {
    case "watch":
      return {
        ...w,
        mine: new Map(w.mine).set(event.body.conversation, event.body),
        invited: without(w.invited, event.body.conversation),
      };
    case "watch.ended":
      return { ...w, mine: without(w.mine, event.body.conversation) };
    case "watched":
      return {
        ...w,
        others:
          event.body.count > 0 ? new Map(w.others).set(event.body.conversation, event.body) : without(w.others, event.body.conversation),
      };
    case "watch.invited":
      return { ...w, invited: new Map(w.invited).set(event.body.conversation, event.body) };
    case "thread.closed":
      return w.invited.has(event.conversation) ? { ...w, invited: without(w.invited, event.conversation) } : w;
    default:
      return w;
  }
}

function without<V>(map: ReadonlyMap<ConversationId, V>, key: ConversationId): ReadonlyMap<ConversationId, V> {
  if (!map.has(key)) return map;
  const next = new Map(map);
  next.delete(key);
  return next;
}
