import type { Call } from "./api.ts";
import type { RunnerUp } from "./event.ts";
import type { Promised } from "./pass.ts";
import type { Why } from "./sentence.ts";
import type { AgentId, ConversationId, GroupId, Line, Micros, Passage } from "./wire.ts";

export type HandoverWay = "agent" | "group" | "keep" | "close" | "leave";

/** Who could go on, once all above is given as proposed. */
export interface Heir {
  agent: AgentId;
  load: number;
  limit: number;
  fits: boolean;
}

/** Who else is here: of his groups those that could have it then, else why he is none to give it to. */
export interface HandoverOther {
  agent: AgentId;
  load: number;
  limit: number;
  groups: GroupId[];
  bar?: "except" | "out" | "into";
  /** The reasons for which he has passed it on himself: it is not given back to him for one of these. */
  gave?: string[];
}

/** One conversation that somebody does not simply walk away from, and what is proposed for it. */
export interface HandoverLine extends Why {
  conversation: ConversationId;
  visitor: string;
  group: GroupId;
  part: "lead" | "promise" | "member";
  mode?: string;
  waiting_since?: Micros;
  promise?: Promised;
  last: Line;
  may_close: boolean;
  way: HandoverWay;
  to?: AgentId;
  runner_up?: RunnerUp;
  /** The line for the visitor that its group has written. */
  say?: string;
  heirs: Heir[];
  others: HandoverOther[];
  /** The times that it was passed on already. */
  passed?: Passage[];
}

/** What becomes of one conversation. */
export interface Handing {
  conversation: ConversationId;
  way: HandoverWay;
  to?: AgentId;
  /** Which of his groups has it then. */
  group?: GroupId;
  reason?: string;
  /** By the id of the question. */
  answers?: Record<string, string>;
  note?: string;
  say?: string;
}

/** What is in the way of one line; nothing was changed. */
export interface RefusedLine {
  conversation: ConversationId;
  why: string;
}

/** handovers is what an agent asks and does at the end of a shift. */
export function handovers(call: Call) {
  return {
    handover: () => call<{ lines: HandoverLine[] }>("GET", "/v1/me/handover"),
    handOver: (key: string, lines: readonly Handing[], brief: string) =>
      call<{ again: boolean }>("POST", "/v1/me/handover", { body: { key, lines, ...(brief ? { brief } : {}) } }),
  };
}
