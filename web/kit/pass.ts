/** A Thread being passed on, as internal/chat's transfer.go has it. Part of wire.ts, which gives it on. */
import type { AgentId, GroupId, Micros } from "./wire.ts";

/** Target is to whom a transfer goes; group is where the Thread then belongs. */
export interface Target {
  kind: "agent" | "group" | "anyone";
  agent?: AgentId;
  group: GroupId;
}

/** Transfer is open while somebody is asked to take over; the lead keeps the Thread. */
export interface Transfer {
  seq: number;
  by: AgentId;
  to: Target;
  at: Micros;
  deadline: Micros;
  reason?: string;
  /** Who passed it on watches afterwards. */
  stay?: boolean;
  /** Members who do not stay. */
  drop?: AgentId[];
  /** Have declined or let it ring. */
  asked?: AgentId[];
}

/** Passage is one time that a Thread was passed on. */
export interface Passage {
  by: AgentId;
  agent?: AgentId;
  group: GroupId;
  reason?: string;
  at: Micros;
}

/** TransferTold is what is passed on and what travels with it. A visitor receives by_name and to_name alone. */
export interface TransferTold {
  transfer: Transfer;
  by_name: string;
  to_name?: string;
  group_name: string;
  summary?: string;
  promised?: string;
  /** By the text of the playbook's question. */
  answers?: Record<string, string>;
  playbook?: number;
  hops?: number;
  why: string;
}

export interface TransferEnded {
  transfer: number;
  to: Target;
  how: "accepted" | "declined" | "expired" | "withdrawn";
  agent?: AgentId;
  agent_name?: string;
  reason?: string;
  why: string;
}
