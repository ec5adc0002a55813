/** How a channel or a direct talk gets on the screen and stays in step there. Pure. */
import { channelOf, foldChannels, foldTalk, withChannel } from "./channels.ts";
import type { OpenedTalk } from "./channels-api.ts";
import type { State } from "./state.ts";
import { addEvent, newTalk, placeOf, replace, type Talk } from "./talk.ts";
import type { AgentId, ConversationId, Event, EventOfKind } from "./wire.ts";

/** withOpenedTalk takes in a talk that was loaded, with what the stream has told of it since it was read. */
export function withOpenedTalk(state: State, opened: OpenedTalk, shown: boolean): State {
  const me = state.me?.id ?? "";
  const id = opened.row.conversation.id;
  const fresh = newTalk(id, opened.events, opened.row.conversation.head, opened.more);
  const talk = shown ? settle(replace(state.talks.get(id), fresh)) : state.talks.get(id);
  const row = (talk?.events ?? []).reduce((r, e) => (e.seq === r.conversation.head + 1 ? foldTalk(r, e, me) : r), opened.row);
  const channels = opened.within || shown ? withChannel(state.channels, row, opened.within) : state.channels;
  const reads = withReads(channels.reads, opened);
  return { ...state, channels: { ...channels, reads }, talks: talk === undefined ? state.talks : new Map(state.talks).set(id, talk) };
}

function withReads(known: State["channels"]["reads"], opened: OpenedTalk): State["channels"]["reads"] {
  const id: ConversationId = opened.row.conversation.id;
  if (opened.reads.length === 0) return known;
  const before = known.get(id);
  const marks = opened.reads.map(({ agent, seq }): [AgentId, number] => [agent, Math.max(seq, before?.get(agent) ?? 0)]);
  return new Map(known).set(id, new Map(marks));
}

/** withTeamEvent folds an event of a talk into its row, and into its window where it stands open. Who may not see it any more has neither. */
export function withTeamEvent(state: State, event: Event): State {
  const id = event.conversation;
  const talk = state.talks.get(id);
  const channels = foldChannels(state.channels, event, state.me?.id ?? "", talk !== undefined);
  if (talk === undefined) return { ...state, channels };
  const talks = new Map(state.talks);
  if (channelOf(channels, id) === undefined && channelOf(state.channels, id) !== undefined) talks.delete(id);
  else talks.set(id, withLine(talk, event));
  return { ...state, channels, talks };
}

/** withLine is a window with one more event, in what order they may come. */
export function withLine(talk: Talk, event: Event): Talk {
  const next = placed(talk, addEvent(talk, event), event);
  return next.events.at(-1)?.seq === event.seq ? changed(next, event) : settle(next);
}

/** placed leaves what was taken back where it stood: under a message, or as an answer. */
function placed(before: Talk, after: Talk, event: Event): Talk {
  if (event.kind !== "redact") return after;
  const at = placeOf(after.events, event.body.target ?? 0);
  const [was, is] = [before.events[placeOf(before.events, event.body.target ?? 0)], after.events[at]];
  if ((was?.kind !== "note" && was?.kind !== "message") || is?.kind !== was.kind || was.seq !== is.seq) return after;
  const { reply_to, answer } = was.body;
  const body = { ...is.body, ...(reply_to && { reply_to }), ...(answer && { answer }) };
  return { ...after, events: [...after.events].with(at, { ...is, body }) };
}

/** settle applies what a window's events change of messages that came into it later. Doing so twice changes nothing. */
export function settle(talk: Talk): Talk {
  return talk.events.reduce(changed, talk);
}

/** changed is a window after a reaction, after a side-talk's card changed, or after what it holds was emptied because its time was over. */
function changed(talk: Talk, event: Event): Talk {
  if (event.kind === "reaction") return { ...talk, events: reacted([...talk.events], event) };
  if (event.kind === "side.card" || event.kind === "side.ended") return { ...talk, events: changeSide([...talk.events], event) };
  if (event.kind !== "talk.emptied") return talk;
  return { ...talk, events: talk.events.map((e) => (e.seq <= event.body.upto ? emptied(e, event.at) : e)) };
}

/** emptied is an event without its words; what stands under something stays under it. */
function emptied(event: Event, at: number): Event {
  if ((event.kind !== "message" && event.kind !== "note" && event.kind !== "whisper" && event.kind !== "side.asked") || event.body.emptied)
    return event;
  const { reply_to, answer, asks } = event.body;
  const kept = { ...(reply_to === undefined ? {} : { reply_to }), ...(answer && { answer }), ...(asks && { asks }) };
  return { ...event, body: { text: "", emptied: at, ...kept } };
}

/** changeSide applies another card to the question in a talk, and takes its words out of the conversation where they were taken back. */
function changeSide(events: Event[], event: EventOfKind<"side.card"> | EventOfKind<"side.ended">): Event[] {
  const target = event.kind === "side.card" ? event.body.target : event.body.side;
  const at = placeOf(events, target);
  const found = events[at];
  if (found?.seq !== target) return events;
  if (event.kind === "side.card" && found.kind === "message" && found.body.side)
    return events.with(at, { ...found, body: { ...found.body, side: event.body.card } });
  if (event.kind === "side.ended" && event.body.how === "taken_back") return events.with(at, emptied(found, event.at));
  return events;
}

/** reacted sets an emoji under a message, or takes it away, as the server's body of the target has it. */
function reacted(events: Event[], event: EventOfKind<"reaction">): Event[] {
  const { target, emoji, on } = event.body;
  const at = placeOf(events, target);
  const found = events[at];
  const who = event.actor.id ?? "";
  if (found?.seq !== target || found.kind !== "message" || found.body.emptied) return events;
  const before = found.body.reactions ?? [];
  const kept = before.map((r) => (r.emoji === emoji ? { emoji, agents: [...r.agents.filter((a) => a !== who), ...(on ? [who] : [])] } : r));
  const all = on && !before.some((r) => r.emoji === emoji) ? [...kept, { emoji, agents: [who] }] : kept;
  return events.with(at, { ...found, body: { ...found.body, reactions: all.filter((r) => r.agents.length > 0) } });
}
