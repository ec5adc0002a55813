import type { Call } from "./api.ts";
import type { GroupState } from "./routing-api.ts";
import type { Why } from "./sentence.ts";
import type { AgentId, ConversationId, GroupId, Micros, Status, StatusCause } from "./wire.ts";

/** TargetGroup is a group to which a chat can be passed on, as it stands now. */
export interface TargetGroup extends Why {
  group: GroupId;
  name: string;
  state: GroupState;
  closed?: boolean;
  opens_at?: Micros;
  closes_at?: Micros;
  waiting: number;
  accepting: number;
  /** How many of them have room for one more, and how many chats fit in all. */
  free: number;
  slots: number;
  /** How many of it could be asked to take this chat over, and how many of those have room for it. */
  askable: number;
  ask_free: number;
  wait: { low_s?: number; high_s?: number };
  /** The version of its playbook; absent where nothing is written. */
  playbook?: number;
  /** Why it is no target. */
  bar?: "here" | "empty" | "out" | "into";
}

/** TargetAgent is a colleague to whom a chat can be passed on, as he stands now. */
export interface TargetAgent {
  agent: AgentId;
  name: string;
  status: Status;
  cause?: StatusCause;
  reason?: string;
  until?: Micros;
  present: boolean;
  lost?: boolean;
  takes: boolean;
  /** One more fits under his limit. */
  room: boolean;
  load: number;
  limit: number;
  /** The groups whose playbook lets him be a target. */
  groups: GroupId[];
  topics?: string[];
  bar?: "lead" | "except" | "nowhere" | "out" | "into";
  /** The reasons for which he has passed it on himself: not back to him for these. */
  gave?: string[];
}

/** Suggestion is a likely target: a group, or an agent, and the figures that speak for it. */
export interface Suggestion extends Why {
  group?: GroupId;
  agent?: AgentId;
  /** What those that were alike had in common. Of `alike`, `went` went there; `back` were soon passed on again. */
  page?: string;
  word?: string;
  alike?: number;
  went?: number;
  back?: number;
  /** The agent's topics that the visitor has named. */
  topics?: string[];
}

/** Targets is to whom a conversation can be passed on now. */
export interface Targets {
  groups: TargetGroup[];
  agents: TargetAgent[];
  suggestions: Suggestion[];
}

/** targets are the operations of passing on. */
export function targets(call: Call) {
  return {
    targets: (id: ConversationId, signal?: AbortSignal) =>
      call<Targets>("GET", `/v1/conversations/${encodeURIComponent(id)}/targets`, signal ? { signal } : {}),
  };
}
