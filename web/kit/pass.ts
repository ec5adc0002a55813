/** A Thread being passed on, as internal/chat's transfer.go has it. Part of wire.ts, which gives it on. */
import type { Why } from "./sentence.ts";
import type { AccessChange, AgentId, GroupId, Micros } from "./wire.ts";

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

/** Rest is a time that did not count, so long in all; the last one ended then. */
export interface Rest {
  for: Micros;
  until: Micros;
}

/** Passage is one time that a Thread was passed on. */
export interface Passage {
  by: AgentId;
  agent?: AgentId;
  group: GroupId;
  reason?: string;
  at: Micros;
}

/** TransferTold is what is passed on and what travels with it. A visitor receives by_name, to_name and public_name alone. */
export interface TransferTold extends Why {
  transfer: Transfer;
  by_name: string;
  to_name?: string;
  /** Of the colleague's group as the visitor reads it; absent where that has the chat already, or is private. */
  public_name?: string;
  group_name: string;
  summary?: string;
  promised?: string;
  /** By the text of the playbook's question. */
  answers?: Record<string, string>;
  playbook?: number;
  hops?: number;
}

export interface TransferEnded extends Why {
  transfer: number;
  to: Target;
  how: "accepted" | "declined" | "expired" | "withdrawn";
  agent?: AgentId;
  agent_name?: string;
  reason?: string;
}

/** Promised is what a visitor is owed: an answer, by whom, how, and by when. */
export interface Promised {
  seq: number;
  /** Nobody: whoever of the group answers. */
  owner?: AgentId;
  group: GroupId;
  by: AgentId;
  way: "wait" | "mail";
  at: Micros;
  due: Micros;
  soon_at: Micros;
  warned?: "soon" | "overdue";
}

/** HeldPart is in what a chat is held otherwise than its group has decided; there: somebody could have been asked. */
export type HeldPart = "way" | "due" | "say" | "there";

/** Held: nobody was there, so the Thread waits for him. A visitor receives to_name, way and due alone. */
export interface Held extends Why {
  to: Target;
  to_name?: string;
  way: "wait" | "mail";
  due: Micros;
  promise: Promised;
  email?: string;
  by_name: string;
  group_name: string;
  reason?: string;
  summary?: string;
  promised?: string;
  answers?: Record<string, string>;
  playbook?: number;
  /** In what it is held otherwise than the group has decided, and why. */
  deviated?: HeldPart[];
  deviation?: string;
  previous: AgentId;
  queued_at: Micros;
  place: number;
  access: AccessChange;
  /** Have passed it on for the same reason before, so that the queue does not give it to them. */
  gave?: AgentId[];
}

export interface PromiseDue extends Why {
  promise: Promised;
  stage: "soon" | "overdue";
  tell: AgentId[];
}

/** Somebody else owes the answer; without owner whoever of its group answers. */
export interface PromisePassed extends Why {
  promise: Promised;
  owner?: AgentId;
  owner_name?: string;
}

export interface PromiseEnded extends Why {
  promise: Promised;
  how: "kept" | "cancelled";
  late?: boolean;
  by?: AgentId;
}
