import type { Call } from "./api.ts";
import type { RunnerUp } from "./event.ts";
import type { Promised } from "./pass.ts";
import type { Why } from "./sentence.ts";
import type { AgentId, ConversationId, GroupId, Line, Micros } from "./wire.ts";

export type HandoverWay = "agent" | "group" | "keep" | "close" | "leave";

/** Who could go on, once all above is given as proposed. */
export interface Heir {
  agent: AgentId;
  load: number;
  limit: number;
  fits: boolean;
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
}

/** What becomes of one conversation. */
export interface Handing {
  conversation: ConversationId;
  way: HandoverWay;
  to?: AgentId;
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
