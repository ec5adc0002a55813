/** Which frames of the stream deserve a sound and a notification. Pure. */
import { type TalkRow, isOfTalk } from "$kit/channels.ts";
import { oversees } from "$kit/oversees.ts";
import type { State } from "$kit/reducer.ts";
import type { Agent, Down, Event, EventOfKind, Row } from "$kit/wire.ts";
import { isMuted } from "../talks/shelf";

/** Notice is what the person should be told. */
export interface Notice {
  /** One notice per tag, over all tabs of the same person. */
  tag: string;
  kind:
    | "message"
    | "note"
    | "mention"
    | "talk"
    | "queued"
    | "assigned"
    | "due"
    | "alarm"
    | "hops"
    | "whisper"
    | "help"
    | "takeover"
    | "invited"
    | "promise.soon"
    | "promise.overdue"
    | "raised";
  /** What a colleague has not noticed, where that is what one is called for. */
  about?: string;
  conversation: string;
  /** Where it opens, for what has a place. */
  at?: number;
  /** Up to which event of the Conversation it tells, where it has no place. */
  seq?: number;
  /** It stands in one of the team's own talks; the channel's name, "" for a direct talk. */
  talk?: string;
  name: string;
  text: string;
}

/**
 * noticeOf answers what a frame tells the agent, or null: notes that call him,
 * words of others in what he takes part in and in talks that he wants to hear whole, chats that he is given, visitors who begin to wait, a reply or a promised answer that is due, and, for who supervises, that
 * everybody was asked in vain. Never his own acts.
 */
export function noticeOf(frame: Down, before: State, me: string): Notice | null {
  if (frame.type === "event") {
    const event = frame.event;
    const row = before.rows.get(event.conversation);
    if (event.actor.kind === "agent" && event.actor.id === me) return null;
    if (event.kind === "mentioned") return mention(event, before);
    if (event.kind === "alert.raised") return raised(event, before);
    if (event.kind === "message" && isOfTalk(event)) return said(event, before);
    if ((event.kind === "message" || event.kind === "note") && row && takesPart(row, me) && event.seq > row.conversation.head) {
      return {
        tag: `${event.conversation}:${event.seq}`,
        kind: event.kind,
        conversation: event.conversation,
        seq: event.seq,
        name: event.actor.name ?? "",
        text: event.body.text,
      };
    }
    if (event.kind === "assign") {
      const own = given(event, row, me);
      if (own) return own;
    }
    if (event.kind === "promise.due") return row ? promised(event, row, me) : null;
    if (event.kind === "watch.invited") return { ...stepped(event, "invited", event.body.by_name), conversation: event.body.conversation };
    if (row && event.seq > row.conversation.head) {
      if (event.kind === "whisper") return { ...stepped(event, "whisper", event.actor.name ?? ""), text: event.body.text };
      if (event.kind === "assign" && event.body.cause === "takeover" && event.body.previous === me)
        return { ...stepped(event, "takeover", row.visitor.name), text: event.body.reason ?? "" };
      const help = helpIn(calledBy(event, row), row, before);
      if (help) return help;
    }
    return row ? (waitsAgain(event, row, me) ?? due(event.kind === "reply.due" && event.body.agent === me, row, event.seq)) : null;
  }
  if (frame.type !== "row") return null;
  const known = before.rows.get(frame.row.conversation.id);
  return (
    dueIn(frame.row, known, me) ??
    helpIn(callOf(frame.row) === callOf(known) ? "" : callOf(frame.row), frame.row, before) ??
    alarmed(before, frame.row, known) ??
    passedOften(before, frame.row, known) ??
    (servedBy(before, frame.row) ? queued(frame.row, known, me) : null)
  );
}

/** mention is heard by whom the note calls, and by nobody else: it stands in his own conversation. Of a talk from which he wants nothing he hears nothing. */
function mention(event: EventOfKind<"mentioned">, before: State): Notice | null {
  const { conversation, thread, seq, by_name: name } = event.body;
  if (!thread) {
    const row = before.channels.rows.get(conversation);
    if (row && isMuted(row, event.at)) return null;
    return { tag: `${conversation}:${seq}`, kind: "mention", conversation, at: seq, name, text: "", talk: row ? placeOf(row, before) : "" };
  }
  // The tag of the note itself: whoever hears that one anyway hears one sound.
  return { tag: `${conversation}:${seq}`, kind: "mention", conversation, at: seq, name, text: "" };
}

/** raised calls the reader for what nobody, or the colleague whom it was for, has noticed. */
function raised({ body }: EventOfKind<"alert.raised">, before: State): Notice {
  const { alert, conversation, seq, kind, for_name: name = "" } = body;
  const talk = before.channels.rows.has(conversation) ? { talk: "" } : {};
  return { tag: `alert:${alert}`, kind: "raised", about: kind, conversation, at: seq, name, text: "", ...talk };
}

/** said is heard of a talk of which the reader wants to hear everything. */
function said(event: EventOfKind<"message">, before: State): Notice | null {
  const row = before.channels.rows.get(event.conversation);
  if (row?.level !== "all" || isMuted(row, event.at) || event.seq <= row.conversation.head) return null;
  const { conversation, seq, actor, body } = event;
  const text = body.text || (body.files?.[0]?.name ?? "");
  return { tag: `${conversation}:${seq}`, kind: "talk", conversation, at: seq, name: actor.name ?? "", text, talk: placeOf(row, before) };
}

/** given tells of a chat that somebody else, or the distribution, has given to the agent, for whom it had not rung. */
function given(event: EventOfKind<"assign">, row: Row | undefined, me: string): Notice | null {
  const rang = row?.thread?.offers?.some((offer) => offer.agent === me) ?? false;
  if (event.body.lead !== me || rang || (row && event.seq <= row.conversation.head)) return null;
  return { ...stepped(event, "assigned", row?.visitor.name ?? ""), text: row?.conversation.last.text ?? "" };
}

/** placeOf is what a channel is called; "" for a direct talk, which has the name of who speaks. */
function placeOf({ talk }: TalkRow, { groups }: State): string {
  return talk.name ?? groups.get(talk.group ?? "")?.name ?? "";
}

/** promised tells those whom the server named, and nobody else, that an answer is due. */
function promised(event: EventOfKind<"promise.due">, row: Row, me: string): Notice | null {
  if (!event.body.tell.includes(me)) return null;
  return {
    tag: `${event.conversation}:promise:${event.seq}`,
    kind: `promise.${event.body.stage}`,
    conversation: event.conversation,
    seq: event.seq,
    name: row.visitor.name,
    text: row.conversation.last.text,
  };
}

/** dueIn hears from a row that the agent's first reply is due. */
function dueIn(row: Row, before: Row | undefined, me: string): Notice | null {
  const { thread } = row;
  const told = thread?.warned_at ?? 0;
  return due(told > 0 && thread?.lead === me && before?.thread?.warned_at !== told, row, told);
}

/** alarmed hears from a row that everybody was asked in vain: for who supervises its group. */
function alarmed(state: State, row: Row, before: Row | undefined): Notice | null {
  const { conversation, thread, visitor } = row;
  const round = thread?.round ?? 0;
  if (thread?.state !== "queued" || round === 0 || !supervises(state.me, thread.group)) return null;
  if (before?.thread?.id === thread.id && (before.thread.round ?? 0) >= round) return null;
  return {
    tag: `${conversation.id}:alarm:${thread.number}:${round}`,
    kind: "alarm",
    conversation: conversation.id,
    name: visitor.name,
    text: conversation.last.text,
  };
}

/** From how many times on the supervisors hear that a chat is passed on; as chat.HopsAlarm says, after the third. */
const manyTimes = 4;

/** passedOften hears from a row that it was passed on again and again: for who supervises its group. */
function passedOften(state: State, row: Row, before: Row | undefined): Notice | null {
  const { conversation, thread, visitor } = row;
  const times = thread?.passed?.length ?? 0;
  if (thread === undefined || thread.state === "closed" || times < manyTimes || !supervises(state.me, thread.group)) return null;
  if (before?.thread?.id === thread.id && (before.thread.passed?.length ?? 0) >= times) return null;
  return {
    tag: `${conversation.id}:hops:${thread.number}:${times}`,
    kind: "hops",
    conversation: conversation.id,
    name: visitor.name,
    text: conversation.last.text,
  };
}

/** stepped is a notice about a step of a colleague towards the reader. */
function stepped(event: Event, kind: Notice["kind"], name: string): Notice {
  const { conversation, seq } = event;
  return { tag: `${conversation}:${kind}:${seq}`, kind, conversation, seq, name, text: "" };
}

/** callOf names the call for help of a row that nobody has taken; "" = there is none. */
function callOf(row: Row | undefined): string {
  const help = row?.thread?.state === "closed" ? undefined : row?.thread?.help;
  return help && !help.taken_by ? String(help.since) : "";
}

/** calledBy names the call for help that an event makes: raised while nobody comes, or given back by who was to come. */
function calledBy(event: Event, row: Row): string {
  const help = row.thread?.help;
  if (event.kind === "help" && !help?.taken_by) return String(event.at);
  return event.kind === "help.returned" && help ? `${help.since}:again` : "";
}

/** calmed answers in which Conversation a frame ends the call for help: somebody comes, or it is lowered; "" = in none. */
export function calmed(frame: Down, before: State): string {
  if (frame.type === "event") {
    const { kind, conversation } = frame.event;
    return kind === "help.taken" || kind === "help.cleared" || kind === "thread.closed" ? conversation : "";
  }
  if (frame.type !== "row") return "";
  const id = frame.row.conversation.id;
  return callOf(before.rows.get(id)) !== "" && callOf(frame.row) === "" ? id : "";
}

/** helpIn calls whoever supervises a Group, or watches the chat, when its flag is raised; call "" = it is not, or was before. */
function helpIn(call: string, row: Row, state: State): Notice | null {
  const { conversation, thread, visitor } = row;
  const wanted = thread !== undefined && (supervises(state.me, thread.group) || state.watching.mine.has(conversation.id));
  if (call === "" || !wanted || takesPart(row, state.me?.id ?? "")) return null;
  return {
    tag: `${conversation.id}:help:${call}`,
    kind: "help",
    conversation: conversation.id,
    seq: conversation.head,
    name: visitor.name,
    text: thread.help?.reason ?? "",
  };
}

function supervises(me: Agent | undefined, group: string): boolean {
  return me !== undefined && oversees(me, group);
}

function due(isDue: boolean, row: Row, when: number): Notice | null {
  if (!isDue) return null;
  const { conversation, visitor } = row;
  return {
    tag: `${conversation.id}:due:${when}`,
    kind: "due",
    conversation: conversation.id,
    name: visitor.name,
    text: conversation.last.text,
  };
}

/** waitsAgain tells whoever takes part that the Conversation went back to the queue. */
function waitsAgain(event: Event, row: Row, me: string): Notice | null {
  if (event.kind !== "thread.requeued" || event.body.by === me || event.seq <= row.conversation.head) return null;
  return {
    tag: `${event.conversation}:requeued:${event.seq}`,
    kind: "queued",
    conversation: event.conversation,
    name: row.visitor.name,
    text: row.conversation.last.text,
  };
}

/** servedBy reports whether a row waits in a group of the reader's: the others' queues are theirs. */
function servedBy(state: State, row: Row): boolean {
  return state.me === undefined || row.thread === undefined || state.me.groups.includes(row.thread.group);
}

function queued(row: Row, before: Row | undefined, me: string): Notice | null {
  const thread = row.thread;
  if (thread?.state !== "queued") return null;
  // Whoever it is offered to hears it ring; the others are not wanted yet.
  if ((thread.offers?.length ?? 0) > 0) return null;
  // It waits for somebody who is not there, and is nobody else's to answer yet.
  if (thread.held !== undefined) return null;
  if (before?.thread?.id === thread.id && before.thread.state === "queued" && before.thread.held === undefined) return null;
  // Who led it put it back himself.
  if (before?.thread?.id === thread.id && before.thread.lead === me) return null;
  return {
    tag: `${row.conversation.id}:queued:${thread.number}`,
    kind: "queued",
    conversation: row.conversation.id,
    seq: row.conversation.last.seq,
    name: row.visitor.name,
    text: row.conversation.last.text,
  };
}

/** takesPart reports whether an agent leads or is a member of what is open. */
export function takesPart(row: Row, agent: string): boolean {
  const thread = row.thread;
  return thread !== undefined && thread.state !== "closed" && (thread.lead === agent || thread.members.includes(agent));
}
