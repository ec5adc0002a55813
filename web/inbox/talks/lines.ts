/** How the events of a talk become what a person reads: day lines, one person's words together, one muted line per fact, and the divider before what is unread. Pure. */
import type { Reference } from "$kit/channels-api.ts";
import type { SideCard } from "$kit/sidetalks.ts";
import type { Actor, Event, EventOfKind, FileRef, Micros } from "$kit/wire.ts";
import { type Span, whole, within } from "../conversation/window";

/** Said is one message of a talk. */
export interface TalkLine {
  seq: number;
  at: Micros;
  by: Actor;
  text: string;
  files: readonly FileRef[];
  edited: Micros;
  emptied: Micros;
  /** Whom it calls: agents, of which some by their group or because they are on shift. */
  mentions: readonly string[];
  groups: readonly string[];
  here: boolean;
  /** The message that it stands under (0 = none); root is that message where it is loaded. */
  replyTo: number;
  root: { by: Actor; text: string; emptied: boolean } | undefined;
  /** What stands under it. */
  replies: number;
  reactions: readonly { emoji: string; agents: readonly string[] }[];
  cards: readonly Reference[];
  /** What stands on a question about a visitor's conversation. */
  side: SideCard | undefined;
}

const factKinds = ["talk.created", "talk.changed", "talk.archived", "talk.joined", "talk.left", "pin"] as const;
export type Fact = EventOfKind<(typeof factKinds)[number]>;

export type TalkItem =
  | { type: "day"; key: string; at: Micros }
  | { type: "unread"; key: string }
  /** Messages whose time was over stand here no more. */
  | { type: "emptied"; key: string }
  | { type: "said"; key: string; by: Actor; at: Micros; own: boolean; lines: TalkLine[] }
  | { type: "fact"; key: string; event: Fact };

export interface LayOptions {
  me: string;
  /** The divider stands before the first words of others after this seq; null = none. */
  unreadAfter: number | null;
  /** What was said up to here was emptied because its time was over. */
  emptied?: number;
  /** The stretch that is laid out; without it all of it is. */
  span?: Span;
  /** Minutes that local time is ahead of UTC at a time; tests fix it. */
  offset?: (at: Micros) => number;
}

const minute = 60_000_000;
/** So long apart words of one person stand together. */
const together = 5 * minute;

/** layTalk lays the events of a talk (ascending by seq) out for reading. */
export function layTalk(events: readonly Event[], options: LayOptions): TalkItem[] {
  const offset = options.offset ?? localOffset;
  const emptied = options.emptied ?? 0;
  const said = new Map(events.flatMap((e) => (e.kind === "message" ? [[e.seq, e] as const] : [])));
  const replies = countReplies(events);
  const divider = dividerAt(events, options);
  const items: TalkItem[] = [];
  let lastDay = Number.NaN;
  for (const event of within(standing(events, emptied), options.span ?? whole)) {
    if (isOver(event, emptied)) {
      items.push({ type: "emptied", key: `emptied-${event.seq}` });
      continue;
    }
    const today = Math.floor((event.at + offset(event.at) * minute) / (24 * 60 * minute));
    if (today !== lastDay) items.push({ type: "day", key: `day-${today}-${event.seq}`, at: event.at });
    lastDay = today;
    if (event.seq === divider) items.push({ type: "unread", key: "unread" });
    if (event.kind === "message") say(items, lineOf(event, said, replies), event.actor.id === options.me);
    else items.push({ type: "fact", key: `fact-${event.seq}`, event });
  }
  return items;
}

/** standing are the events of a talk that have a line of their own; those whose time was over share one, as long as nothing stands between them. */
export function standing(events: readonly Event[], emptied: number): (EventOfKind<"message"> | Fact)[] {
  const lines: (EventOfKind<"message"> | Fact)[] = [];
  for (const event of events) {
    if (event.kind !== "message" && !isFact(event)) continue;
    const before = lines.at(-1);
    if (before && isOver(before, emptied) && isOver(event, emptied)) continue;
    lines.push(event);
  }
  return lines;
}

const isOver = (event: Event, emptied: number) => event.kind === "message" && event.body.emptied !== undefined && event.seq <= emptied;

/** dividerAt is the first words of others after a seq, before which the divider stands; null where there are none, or one has answered since: whoever has answered has read. */
export function dividerAt(events: readonly Event[], { me, unreadAfter, emptied = 0 }: LayOptions): number | null {
  if (unreadAfter === null) return null;
  const words = events.filter((e) => e.seq > unreadAfter && e.kind === "message" && !isOver(e, emptied));
  const first = words.findIndex((e) => e.actor.id !== me);
  const answered = first >= 0 && words.slice(first).some((e) => e.actor.id === me);
  return answered ? null : (words[first]?.seq ?? null);
}

/** repliesTo lists a message and what stands under it, as far as it is loaded. */
export function repliesTo(events: readonly Event[], root: number): TalkLine[] {
  const said = new Map(events.flatMap((e) => (e.kind === "message" ? [[e.seq, e] as const] : [])));
  const replies = countReplies(events);
  return [...said.values()].filter((e) => e.seq === root || e.body.reply_to === root).map((e) => lineOf(e, said, replies));
}

/** lineOf is a message as it is read. */
export function lineOf(
  event: EventOfKind<"message">,
  said: ReadonlyMap<number, EventOfKind<"message">> = new Map(),
  replies: ReadonlyMap<number, number> = new Map(),
): TalkLine {
  const { body, seq, at, actor } = event;
  const root = said.get(body.reply_to ?? 0);
  return {
    seq,
    at,
    by: actor,
    text: body.text,
    files: body.files ?? [],
    edited: body.edited ?? 0,
    emptied: body.emptied ?? 0,
    mentions: body.mentions ?? [],
    groups: body.groups ?? [],
    here: body.here ?? false,
    replyTo: body.reply_to ?? 0,
    root: root && { by: root.actor, text: root.body.text || (root.body.files?.[0]?.name ?? ""), emptied: root.body.emptied !== undefined },
    replies: replies.get(seq) ?? 0,
    reactions: body.reactions ?? [],
    cards: body.cards ?? [],
    side: body.side,
  };
}

/** formerTexts are what a message said before each of its edits, the oldest first, as far as they are loaded. */
export function formerTexts(events: readonly Event[], seq: number): { text: string; until: Micros }[] {
  return events.flatMap((e) => (e.kind === "edit" && e.body.target === seq ? [{ text: e.body.former ?? "", until: e.at }] : []));
}

/** lastSeen is the last of one's own messages that others have read, and who has; null where nobody has read any. */
export function lastSeen(
  events: readonly Event[],
  reads: ReadonlyMap<string, number>,
  me: string,
): { seq: number; by: readonly string[] } | null {
  const mine = events.findLast(
    (e) => e.kind === "message" && e.actor.id === me && [...reads].some(([who, upto]) => who !== me && upto >= e.seq),
  );
  return mine === undefined
    ? null
    : { seq: mine.seq, by: [...reads].filter(([who, upto]) => who !== me && upto >= mine.seq).map(([who]) => who) };
}

function isFact(event: Event): event is Fact {
  return factKinds.some((kind) => kind === event.kind);
}

function countReplies(events: readonly Event[]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const e of events) {
    if (e.kind !== "message" || e.body.reply_to === undefined || e.body.emptied) continue;
    counts.set(e.body.reply_to, (counts.get(e.body.reply_to) ?? 0) + 1);
  }
  return counts;
}

function say(items: TalkItem[], line: TalkLine, own: boolean): void {
  const before = items.at(-1);
  const same = before?.type === "said" && before.by.id === line.by.id && line.at - (before.lines.at(-1)?.at ?? 0) < together;
  if (same) before.lines.push(line);
  else items.push({ type: "said", key: `said-${line.seq}`, by: line.by, at: line.at, own, lines: [line] });
}

function localOffset(at: Micros): number {
  return -new Date(at / 1000).getTimezoneOffset();
}
