import type { Call } from "./api.ts";
import type { TalkLevel, TalkRow } from "./channels.ts";
import type { AgentId, ConversationId, Done, Event, EventPage, FileId, GroupId, Line, Micros, ThreadState } from "./wire.ts";

/** OpenedTalk is a channel or a direct talk as its reader opens it. */
export interface OpenedTalk {
  cursor: string;
  row: TalkRow;
  /** The reader is in it: its events come to him, and he may write. */
  within: boolean;
  /** He may rename, close and archive it, and remove members. */
  runs: boolean;
  events: Event[];
  more: boolean;
  /** How far the people of a direct talk have read. */
  reads: { agent: AgentId; seq: number }[];
}

export interface MadeTalk {
  conversation: ConversationId;
  events: Event[];
  again: boolean;
}

/** Reference names a Conversation or one message of it; what stands on its card is for the reader's own rights to say. */
export interface Reference {
  conversation: ConversationId;
  seq?: number;
}

/** ReferenceCard is what a reader may see of a Reference now; all but `open` is left out where that is nothing. */
export interface ReferenceCard {
  open: boolean;
  kind?: "customer" | "channel" | "direct";
  visitor?: string;
  group?: GroupId;
  state?: ThreadState;
  lead?: AgentId;
  talk?: TalkHead;
  last?: Line;
  message?: Event;
}

/** TalkHead is what a talk is called where only a message of it is shown. */
export interface TalkHead {
  kind: "channel" | "direct";
  name?: string;
  group?: GroupId;
  policy: "everyone" | "crew" | "named";
  people?: AgentId[];
}

/** TalkLine is what somebody says in a talk. */
export interface TalkLine {
  text: string;
  files?: FileId[];
  typing_ms?: number;
  reply_to?: number;
  mentions?: AgentId[];
  groups?: GroupId[];
  here?: boolean;
  cards?: Reference[];
}

/** channels are the operations of the team's own talks. */
export function channels(call: Call) {
  const one = (id: ConversationId, verb = "") => `/v1/talks/${encodeURIComponent(id)}${verb}`;
  const act =
    <T>(verb: string) =>
    (key: string, id: ConversationId, body: T) =>
      call<Done>("POST", one(id, verb), { body: { key, ...body } });
  return {
    talks: () => call<{ talks: TalkRow[] }>("GET", "/v1/talks"),
    openChannels: () => call<{ talks: TalkRow[] }>("GET", "/v1/channels"),
    talk: (id: ConversationId) => call<OpenedTalk>("GET", one(id)),
    talkSettings: () => call<{ keep_days: number }>("GET", "/v1/admin/talks"),
    setTalkSettings: (settings: { keep_days: number }) => call<void>("PUT", "/v1/admin/talks", { body: settings }),
    talkPins: (id: ConversationId) => call<EventPage>("GET", one(id, "/pins")),
    makeChannel: (key: string, channel: { name: string; topic?: string; closed?: boolean; with?: AgentId[] }) =>
      call<MadeTalk>("POST", "/v1/talks", { body: { key, ...channel } }),
    openDirect: (key: string, others: AgentId[]) => call<MadeTalk>("POST", "/v1/talks/direct", { body: { key, with: others } }),
    setTalkLevel: (id: ConversationId, level: TalkLevel, muted_until?: Micros) =>
      call<void>("PUT", one(id, "/level"), { body: { level, muted_until } }),
    changeTalk: act<{ name?: string; topic?: string; closed?: boolean }>("/change"),
    archiveTalk: act<{ on: boolean }>("/archive"),
    joinTalk: act<Record<never, never>>("/join"),
    leaveTalk: act<Record<never, never>>("/leave"),
    addToTalk: act<{ agents: AgentId[] }>("/add"),
    removeFromTalk: act<{ agent: AgentId }>("/remove"),
    sayInTalk: act<TalkLine>("/messages"),
    editInTalk: act<{ seq: number; text: string }>("/edit"),
    redactInTalk: act<{ seq: number }>("/redact"),
    react: act<{ seq: number; emoji: string; on: boolean }>("/react"),
    pin: act<{ seq: number; on: boolean }>("/pin"),
    referenceCard: (ref: Reference) =>
      call<ReferenceCard>("GET", "/v1/reference", { query: { conversation: ref.conversation, seq: ref.seq } }),
  };
}
