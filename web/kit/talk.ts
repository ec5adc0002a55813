import type { ConversationId, Event, Thread } from "./wire.ts";

/** Talk is one Conversation whose events are on screen: a window of its events, ascending by seq. */
export interface Talk {
  id: ConversationId;
  events: readonly Event[];
  /** There are older events before the first one here. */
  more: boolean;
  /** Everything that this reader may see up to this seq is known. */
  through: number;
  /** The highest seq that is known to exist. Above `through`, something is missing. */
  head: number;
  /** A reset came since it was loaded: open it again. */
  stale: boolean;
  threads: readonly Thread[];
  /** vseq up to which each side has read. */
  seenVisitor: number;
  seenTeam: number;
}

/** newTalk is a Talk of a snapshot's events that include everything up to head. */
export function newTalk(id: ConversationId, events: readonly Event[], head: number, more: boolean): Talk {
  const last = events.at(-1)?.seq ?? 0;
  const through = Math.max(head, last);
  return { id, events, more, through, head: through, stale: false, threads: [], seenVisitor: 0, seenTeam: 0 };
}

/** hasGap reports whether events are missing that the reader may see. */
export function hasGap(talk: Talk): boolean {
  return talk.through < talk.head;
}

/** knows reports whether the event is in the Talk already, or lies before its window. */
export function knows(talk: Talk, seq: number): boolean {
  const first = talk.events[0]?.seq;
  if (talk.more && first !== undefined && seq < first) return true;
  const at = placeOf(talk.events, seq);
  return talk.events[at]?.seq === seq;
}

/** addEvent is the Talk with one more event. The same event twice is one event. */
export function addEvent(talk: Talk, event: Event): Talk {
  if (knows(talk, event.seq)) return talk;
  const at = placeOf(talk.events, event.seq);
  const later = talk.events.slice(at);
  // It may be an old copy that comes late: what is known to have changed it since counts.
  const inserted = later.filter(isChange).reduce<Event[]>(change, [...talk.events.slice(0, at), event, ...later]);
  const next = {
    ...talk,
    events: change(inserted, event),
    head: Math.max(talk.head, event.seq),
  };
  return advance(withSeen(next, event));
}

/**
 * addNewer takes the answer to "what came after `after`?". It holds everything
 * visible up to its last event, or up to `upto`, the head when it was asked, if
 * nothing more is to come: numbers missing there belong to what this reader may
 * not see.
 */
export function addNewer(talk: Talk, after: number, upto: number, events: readonly Event[], more: boolean): Talk {
  const next = events.reduce(addEvent, talk);
  if (after > next.through) return next;
  const known = Math.max(events.at(-1)?.seq ?? 0, more ? 0 : upto);
  return advance({ ...next, through: Math.max(next.through, known), head: Math.max(next.head, known) });
}

/** addOlder takes a page of events from before `before`. An answer for a window that has moved since would leave a hole: it is dropped. */
export function addOlder(talk: Talk, before: number, events: readonly Event[], more: boolean): Talk {
  const first = talk.events[0]?.seq ?? talk.through + 1;
  if (before < first) return talk;
  const older = events.filter((e) => e.seq < first);
  // The page may have been read before a change that came by the stream meanwhile.
  const changes = talk.events.filter(isChange);
  return { ...talk, events: changes.reduce<Event[]>(change, [...older, ...talk.events]), more };
}

/** replace is a freshly loaded Talk, with what came by the stream after it was read. */
export function replace(talk: Talk | undefined, fresh: Talk): Talk {
  if (talk === undefined) return fresh;
  const kept = talk.stale || talk.through + 1 < (fresh.events[0]?.seq ?? 0) ? fresh : withOlder(talk, fresh);
  const later = talk.events.filter((e) => e.seq > fresh.through).reduce(addEvent, kept);
  return {
    ...later,
    head: Math.max(later.head, talk.head),
    seenVisitor: Math.max(later.seenVisitor, talk.seenVisitor),
    seenTeam: Math.max(later.seenTeam, talk.seenTeam),
  };
}

/** withOlder keeps the older pages that were on screen, where they join the fresh events without a hole. */
function withOlder(talk: Talk, fresh: Talk): Talk {
  const first = fresh.events[0]?.seq ?? fresh.through + 1;
  const older = talk.events.filter((e) => e.seq < first);
  return older.length === 0 ? fresh : addOlder({ ...fresh, more: talk.more }, first, older, talk.more);
}

/** placeOf is the index of the first event with that seq or a higher one. */
export function placeOf(events: readonly Event[], seq: number): number {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((events[middle]?.seq ?? 0) < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

function advance(talk: Talk): Talk {
  let through = talk.through;
  for (let at = placeOf(talk.events, through + 1); talk.events[at]?.seq === through + 1; at++) through++;
  return through === talk.through ? talk : { ...talk, through };
}

function isChange(event: Event): boolean {
  return event.kind === "edit" || event.kind === "redact";
}

/** change applies an edit or a redaction to its target. An edit older than what the target shows changes nothing. */
function change(events: Event[], event: Event): Event[] {
  if (event.kind !== "edit" && event.kind !== "redact") return events;
  const target = event.body.target ?? event.body.vtarget ?? 0;
  const at = placeOf(events, target);
  const found = events[at];
  if (found?.seq !== target || (found.kind !== "message" && found.kind !== "note" && found.kind !== "whisper") || found.body.emptied)
    return events;
  if (event.kind === "edit" && (found.body.edited ?? 0) > event.at) return events;
  const empty = { text: "", emptied: event.at };
  return events.with(at, { ...found, body: event.kind === "edit" ? { ...found.body, text: event.body.text, edited: event.at } : empty });
}

function withSeen(talk: Talk, event: Event): Talk {
  if (event.kind !== "seen") return talk;
  return event.body.side === "visitor"
    ? { ...talk, seenVisitor: Math.max(talk.seenVisitor, event.body.upto) }
    : { ...talk, seenTeam: Math.max(talk.seenTeam, event.body.upto) };
}
