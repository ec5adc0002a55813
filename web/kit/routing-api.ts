import type { Reach } from "./reach-api.ts";
import type { Call } from "./api.ts";
import type { Class } from "./rules.ts";
import type { Sentence, Why } from "./sentence.ts";
import type { AgentId, ConversationId, Done, GroupId, Micros, Status, StatusCause } from "./wire.ts";

/** Load is how many chats an agent has, of how many; in hundredths of a chat, as weights need it. */
export interface Load {
  agent: AgentId;
  load: number;
  limit: number;
  /** Chats since midnight. */
  today: number;
}

/** QueueEntry is one waiting Conversation as this agent may take it. */
export interface QueueEntry {
  conversation: ConversationId;
  group: GroupId;
  position: number;
  allowed: boolean;
  /** The sentence of the fair-share agreement that forbids it. */
  sentence?: string;
  because?: readonly Sentence[];
  wait?: { low_s?: number; high_s?: number };
}

export interface QueueView {
  entries: QueueEntry[];
  loads: Load[];
  agreements: { group: GroupId; sentences: string[]; because?: readonly Sentence[] }[];
}

/** Stub is a chat that this agent may know of and not see. */
export interface Stub {
  group: GroupId;
  name: string;
  state: "queued" | "active";
  since: Micros;
}

export type GroupState = "online" | "online_for_queue" | "full" | "offline";

export interface BoardGroup extends Why {
  group: GroupId;
  name: string;
  state: GroupState;
  opens_at?: Micros;
  waiting: number;
  oldest_at?: Micros;
  accepting: number;
  /** How many of them have room for one more. */
  free: number;
  full: boolean;
}

export interface BoardChat {
  group: GroupId;
  since: Micros;
  idle?: boolean;
  over?: boolean;
  waiting_since?: Micros;
  /** Since when it asks for help. */
  help_since?: Micros;
  /** Who has said that he comes, where this agent may see the chat. */
  help_by?: AgentId;
  /** Absent where this agent may not see it. */
  conversation?: ConversationId;
}

export interface BoardAgent {
  agent: AgentId;
  status: Status;
  cause?: StatusCause;
  reason?: string;
  until?: Micros;
  present: boolean;
  lost: boolean;
  /** How many devices are connected, and whether all of them are phones or tablets. */
  devices: number;
  mobile: boolean;
  /** Takes new chats now. */
  takes: boolean;
  load: number;
  limit: number;
  today: number;
  accepting_since?: Micros;
  /** Whether alerts arrive at him, and whether a group of his is open or opens within the hour. */
  reach: Reach;
  expected: boolean;
  opens_at?: Micros;
  groups: { group: GroupId; class?: Class }[];
  chats: BoardChat[];
}

/** Board is the whole floor at one moment. */
export interface Board {
  now: Micros;
  groups: BoardGroup[];
  agents: BoardAgent[];
}

/** ShareLine is one agent's week under the fair-share agreement. */
export interface ShareLine {
  agent: AgentId;
  chats: number;
  /** His part of all chats of his groups, from 0 to 1, and what it would have been by the hours on duty. */
  share: number;
  mean: number;
  skipped: number;
  over: number;
  most_at_once: number;
  without_break_s: number;
}

export interface ShareWeek {
  from: Micros;
  agents: ShareLine[];
}

/** How the chats of who signs out go on. */
export type Handover = { chats: "group" | "keep" } | { chats: "agent"; to: AgentId };

/** routing is what an agent asks and does about who answers whom. */
export function routing(call: Call) {
  const act = (id: ConversationId, name: string, body: object) =>
    call<Done>("POST", `/v1/conversations/${encodeURIComponent(id)}/${name}`, { body });
  return {
    accept: (id: ConversationId, key: string) => act(id, "accept", { key }),
    /** The reason is for the colleague who passes it on. */
    decline: (id: ConversationId, key: string, reason = "") => act(id, "decline", { key, ...(reason ? { reason } : {}) }),
    askBack: (id: ConversationId, key: string) => act(id, "ask-back", { key }),
    waive: (id: ConversationId, key: string) => act(id, "waive", { key }),
    give: (id: ConversationId, key: string, to: AgentId) => act(id, "give", { key, to }),
    queue: () => call<QueueView>("GET", "/v1/queue"),
    restricted: () => call<{ stubs: Stub[] }>("GET", "/v1/restricted"),
    board: () => call<Board>("GET", "/v1/board"),
    share: (weeks = 4) => call<{ weeks: ShareWeek[] }>("GET", "/v1/share", { query: { weeks } }),
    /** Tells that a key was pressed or something clicked; at most once a minute. */
    input: () => call<void>("POST", "/v1/me/input", { body: {} }),
  };
}
