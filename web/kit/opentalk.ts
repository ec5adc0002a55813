/** How a channel or a direct talk gets on the screen and stays in step there. Pure. */
import { channelOf, foldChannels, foldTalk, withChannel } from "./channels.ts";
import type { OpenedTalk } from "./channels-api.ts";
import type { State } from "./state.ts";
import { addEvent, newTalk, replace } from "./talk.ts";
import type { AgentId, ConversationId, Event } from "./wire.ts";

/** withOpenedTalk takes in a talk that was loaded, with what the stream has told of it since it was read. */
export function withOpenedTalk(state: State, opened: OpenedTalk, shown: boolean): State {
  const me = state.me?.id ?? "";
  const id = opened.row.conversation.id;
  const fresh = newTalk(id, opened.events, opened.row.conversation.head, opened.more);
  const talk = shown ? replace(state.talks.get(id), fresh) : state.talks.get(id);
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
  else talks.set(id, addEvent(talk, event));
  return { ...state, channels, talks };
}
