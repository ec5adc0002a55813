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
  /** How many members it has; 0 for a group's own, whose people are the group's. */
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
  /** What stands open and he is not in. */
  others: ReadonlyMap<ConversationId, TalkRow>;
  /** By the seq that a load must include. */
  wanted: ReadonlyMap<ConversationId, number>;
  /** How far the others have read, in direct talks that were opened. */
  reads: ReadonlyMap<ConversationId, ReadonlyMap<AgentId, number>>;
}

export const noChannels: Channels = { rows: new Map(), others: new Map(), wanted: new Map(), reads: new Map() };

/** channelsOf are those of a snapshot. What stands open is loaded again and stays until then. */
export function channelsOf(list: readonly TalkRow[], before: Channels = noChannels): Channels {
  const rows = new Map(list.map((row) => [row.conversation.id, row]));
  const others = new Map([...before.others].filter(([id]) => !rows.has(id)));
  return { rows, others, wanted: new Map(), reads: before.reads };
}

/** channelOf is a talk that is known, whether or not the reader is in it. */
export function channelOf(all: Channels, id: ConversationId): TalkRow | undefined {
  return all.rows.get(id) ?? all.others.get(id);
}

/** withChannel takes in a talk that was loaded. An answer from before what is known changes nothing, and the talk stays wanted. */
export function withChannel(all: Channels, loaded: TalkRow, within: boolean): Channels {
  const id = loaded.conversation.id;
  const known = channelOf(all, id);
  const least = Math.max(all.wanted.get(id) ?? 0, known?.conversation.head ?? 0);
  if (loaded.conversation.head < least) return { ...all, wanted: new Map(all.wanted).set(id, least) };
  const row = readTo(loaded, known?.read ?? 0);
  const place = { ...all, rows: drop(all.rows, id), others: drop(all.others, id), wanted: drop(all.wanted, id) };
  return within ? { ...place, rows: new Map(place.rows).set(id, row) } : { ...place, others: new Map(place.others).set(id, row) };
}

/** withoutChannel forgets a talk that its reader is not in any more. */
export function withoutChannel(all: Channels, id: ConversationId): Channels {
  if (channelOf(all, id) === undefined && !all.wanted.has(id)) return all;
  return { rows: drop(all.rows, id), others: drop(all.others, id), wanted: drop(all.wanted, id), reads: drop(all.reads, id) };
}

/** closeChannel forgets what only stood open. */
export function closeChannel(all: Channels, id: ConversationId): Channels {
  return all.others.has(id) ? { ...all, others: drop(all.others, id) } : all;
}

/** isOfTalk tells a talk's events from those of a visitor's conversation, which name their thread. */
export function isOfTalk(event: Event): boolean {
  return event.thread === undefined && event.conversation !== "team" && !event.conversation.startsWith("agent:");
}

/** foldChannels folds an event of a talk into the list. What is unknown, or has a hole, is wanted. shown: it stands open, and who leaves an open channel reads on. */
export function foldChannels(all: Channels, event: Event, me: AgentId, shown = false): Channels {
  const id = event.conversation;
  const row = channelOf(all, id);
  const gone = event.kind === "talk.left" && event.body.agents.includes(me);
  if (row !== undefined && event.seq <= row.conversation.head) return all;
  if (gone && !(shown && row?.talk.policy === "everyone")) return withoutChannel(all, id);
  if (row === undefined || event.seq > row.conversation.head + 1)
    return { ...all, wanted: new Map(all.wanted).set(id, Math.max(event.seq, all.wanted.get(id) ?? 0)) };
  const next = foldTalk(row, event, me);
  const came = event.kind === "talk.joined" && event.body.agents.includes(me);
  if (tookWords(event, row)) all = { ...all, wanted: new Map(all.wanted).set(id, Math.max(event.seq, all.wanted.get(id) ?? 0)) };
  if (gone) return { ...all, rows: drop(all.rows, id), others: new Map(all.others).set(id, unchosen(next)) };
  if (!came && all.others.has(id)) return { ...all, others: new Map(all.others).set(id, next) };
  return { ...all, rows: new Map(all.rows).set(id, next), others: drop(all.others, id) };
}

/** tookWords tells whether what is unread has become less: what was taken away is counted anew. */
function tookWords(event: Event, row: TalkRow): boolean {
  if (event.kind === "redact") return row.unread + row.calls > 0 && (event.body.target ?? 0) > row.read;
  return event.kind === "talk.emptied" && row.unread + row.calls > 0 && event.body.upto > row.read;
}

/** markChannel takes in how far the reader has read, on any of his devices. Only what lies between two marks needs counting anew. */
export function markChannel(all: Channels, id: ConversationId, seq: number): Channels {
  const other = all.others.get(id);
  if (other !== undefined) return { ...all, others: new Map(all.others).set(id, readTo(other, seq)) };
  const row = all.rows.get(id);
  if (row === undefined || seq <= row.read) return all;
  const rows = new Map(all.rows).set(id, readTo(row, seq));
  if (seq >= row.conversation.last.seq) return { ...all, rows };
  return { ...all, rows, wanted: new Map(all.wanted).set(id, Math.max(row.conversation.head, all.wanted.get(id) ?? 0)) };
}

/** readChannel takes in how far somebody else of a direct talk has read. */
export function readChannel(all: Channels, id: ConversationId, agent: AgentId, seq: number): Channels {
  const known = all.reads.get(id);
  if (known === undefined || (known.get(agent) ?? 0) >= seq) return all;
  return { ...all, reads: new Map(all.reads).set(id, new Map(known).set(agent, seq)) };
}

function readTo(row: TalkRow, seq: number): TalkRow {
  if (seq <= row.read) return row;
  return seq < row.conversation.last.seq ? { ...row, read: seq } : { ...row, read: seq, unread: 0, calls: 0 };
}

/** unchosen is a channel's row as it is for who has just left it: what he had chosen ends with being in it. */
function unchosen(row: TalkRow): TalkRow {
  const { muted_until: _, ...rest } = row;
  return { ...rest, level: "mentions" };
}

/** levelChannel takes in what the reader has chosen to be alerted of. */
export function levelChannel(all: Channels, id: ConversationId, level: TalkLevel, muted: Micros | undefined): Channels {
  const row = all.rows.get(id);
  if (row === undefined) return all;
  const { muted_until: _, ...rest } = row;
  return { ...all, rows: new Map(all.rows).set(id, muted === undefined ? { ...rest, level } : { ...rest, level, muted_until: muted }) };
}

/** foldTalk is a talk's row after its next event. */
export function foldTalk(before: TalkRow, event: Event, me: AgentId): TalkRow {
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
      const left = row.conversation.last.seq <= upto ? lastText(row, "") : row;
      return { ...left, talk: { ...talk, emptied: upto, pins: (talk.pins ?? []).filter((p) => p > upto) } };
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

function drop<K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> {
  if (!map.has(key)) return map;
  const next = new Map(map);
  next.delete(key);
  return next;
}
