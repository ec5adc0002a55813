import type { AgentId, ConversationId, Event, EventOfKind, GroupId, Line, Micros } from "./wire.ts";

export type TalkLevel = "all" | "mentions" | "none";

/** TalkState is what a channel or a direct talk is beside its messages. */
export interface TalkState {
  name?: string;
  topic?: string;
  /** The group whose own channel it is. */
  group?: GroupId;
  policy: "everyone" | "crew" | "named";
  /** A list leaves out those of a large channel. */
  members: AgentId[];
  by?: AgentId;
  at: Micros;
  archived?: Micros;
  pins?: number[];
  /** What was said up to here is emptied: its time was over. */
  emptied?: number;
  version: number;
}

/** TalkRow is a talk as its reader's list shows it. */
export interface TalkRow {
  conversation: { id: ConversationId; kind: "channel" | "direct"; head: number; last: Line };
  talk: TalkState;
  size: number;
  /** How far the reader has read, how much of others stands after that, and how much of it calls him. */
  read: number;
  unread: number;
  calls: number;
  level: TalkLevel;
  muted_until?: Micros;
}

/** Channels are the talks that the reader is in, and those that are to be loaded: something of them was missed. */
export interface Channels {
  rows: ReadonlyMap<ConversationId, TalkRow>;
  wanted: ReadonlySet<ConversationId>;
}

export const noChannels: Channels = { rows: new Map(), wanted: new Set() };

/** channelsOf are those of a snapshot, or of a list that was loaded anew. */
export function channelsOf(rows: readonly TalkRow[]): Channels {
  return { rows: new Map(rows.map((row) => [row.conversation.id, row])), wanted: new Set() };
}

/** withChannel takes in a talk that was loaded, whose reader is in it. */
export function withChannel(all: Channels, row: TalkRow): Channels {
  const id = row.conversation.id;
  return { rows: new Map(all.rows).set(id, row), wanted: without(all.wanted, id) };
}

/** withoutChannel forgets a talk that its reader is not in any more. */
export function withoutChannel(all: Channels, id: ConversationId): Channels {
  if (!all.rows.has(id) && !all.wanted.has(id)) return all;
  const rows = new Map(all.rows);
  rows.delete(id);
  return { rows, wanted: without(all.wanted, id) };
}

/** isOfTalk tells a talk's events from those of a visitor's conversation, which name their thread. */
export function isOfTalk(event: Event): boolean {
  return event.thread === undefined && event.conversation !== "team" && !event.conversation.startsWith("agent:");
}

/** foldChannels folds an event of a talk into the list. What is unknown, or has a hole, is wanted. */
export function foldChannels(all: Channels, event: Event, me: AgentId): Channels {
  const id = event.conversation;
  const row = all.rows.get(id);
  if (event.kind === "talk.left" && event.body.agents.includes(me)) return withoutChannel(all, id);
  if (row !== undefined && event.seq <= row.conversation.head) return all;
  if (row === undefined || event.seq > row.conversation.head + 1) return { ...all, wanted: new Set(all.wanted).add(id) };
  return { ...all, rows: new Map(all.rows).set(id, foldTalk(row, event, me)) };
}

/** markChannel takes in how far the reader has read, on any of his devices. Only what lies between two marks needs counting anew. */
export function markChannel(all: Channels, id: ConversationId, seq: number): Channels {
  const row = all.rows.get(id);
  if (row === undefined || seq <= row.read) return all;
  if (seq < row.conversation.last.seq)
    return { rows: new Map(all.rows).set(id, { ...row, read: seq }), wanted: new Set(all.wanted).add(id) };
  return { ...all, rows: new Map(all.rows).set(id, { ...row, read: seq, unread: 0, calls: 0 }) };
}

/** levelChannel takes in what the reader has chosen to be alerted of. */
export function levelChannel(all: Channels, id: ConversationId, level: TalkLevel, muted: Micros | undefined): Channels {
  const row = all.rows.get(id);
  if (row === undefined) return all;
  const { muted_until: _, ...rest } = row;
  return { ...all, rows: new Map(all.rows).set(id, muted === undefined ? { ...rest, level } : { ...rest, level, muted_until: muted }) };
}

function foldTalk(before: TalkRow, event: Event, me: AgentId): TalkRow {
  const row = { ...before, conversation: { ...before.conversation, head: event.seq } };
  const talk = { ...row.talk, version: row.talk.version + 1 };
  switch (event.kind) {
    case "message":
      return said(row, event, me);
    case "edit":
      return event.body.target === row.conversation.last.seq ? lastText(row, event.body.text) : row;
    case "redact":
      return unpinned(event.body.target === row.conversation.last.seq ? lastText(row, "") : row, event.body.target ?? 0);
    case "talk.changed": {
      const { name: _, topic: __, ...rest } = talk;
      const { name, topic, policy } = event.body;
      return { ...row, talk: { ...rest, policy, ...(name === undefined ? {} : { name }), ...(topic === undefined ? {} : { topic }) } };
    }
    case "talk.archived": {
      const { archived: _, ...rest } = talk;
      return { ...row, talk: event.body.on ? { ...rest, archived: event.at } : rest };
    }
    case "talk.joined":
    case "talk.left": {
      const came = event.kind === "talk.joined";
      const { agents } = event.body;
      const named = row.talk.members.length === row.size; // else the list has left them out
      const others = row.talk.members.filter((a) => !agents.includes(a));
      const members = came ? [...others, ...agents] : others;
      return { ...row, size: row.size + (came ? agents.length : -agents.length), talk: named ? { ...talk, members } : talk };
    }
    case "pin": {
      const { target, on } = event.body;
      return on ? { ...row, talk: { ...talk, pins: [...(talk.pins ?? []).filter((p) => p !== target), target] } } : unpinned(row, target);
    }
    case "talk.emptied": {
      const upto = event.body.upto;
      return { ...row, talk: { ...talk, emptied: upto, pins: (talk.pins ?? []).filter((p) => p > upto) } };
    }
    default:
      return row;
  }
}

function said(row: TalkRow, event: EventOfKind<"message">, me: AgentId): TalkRow {
  const { actor, body, at, seq } = event;
  const text = (body.text || (body.files?.[0]?.name ?? "")).slice(0, 200);
  const last: Line = {
    seq,
    kind: "message",
    by: actor.kind,
    text,
    at,
    ...(actor.id && { by_id: actor.id }),
    ...(actor.name && { name: actor.name }),
  };
  const mine = actor.id === me;
  const called = !mine && (body.mentions ?? []).includes(me);
  return {
    ...row,
    conversation: { ...row.conversation, last },
    unread: mine ? row.unread : row.unread + 1,
    calls: called ? row.calls + 1 : row.calls,
  };
}

function lastText(row: TalkRow, text: string): TalkRow {
  return { ...row, conversation: { ...row.conversation, last: { ...row.conversation.last, text: text.slice(0, 200) } } };
}

function unpinned(row: TalkRow, seq: number): TalkRow {
  const pins = row.talk.pins ?? [];
  if (!pins.includes(seq)) return row;
  return { ...row, talk: { ...row.talk, version: row.talk.version + 1, pins: pins.filter((p) => p !== seq) } };
}

function without<T>(set: ReadonlySet<T>, one: T): ReadonlySet<T> {
  if (!set.has(one)) return set;
  const next = new Set(set);
  next.delete(one);
  return next;
}
