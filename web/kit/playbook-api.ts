import type { Call } from "./api.ts";
import type { AgentId, GroupId, Micros } from "./wire.ts";

/** HeldWay is what becomes of a chat that is passed on while nobody is there; without one the agent chooses. */
export type HeldWay = "wait" | "mail";

export interface ReasonCode {
  /** What reports count by; the server fills an empty one. */
  code: string;
  label: string;
}

export interface PlaybookQuestion {
  id: string;
  text: string;
  required?: boolean;
  /** The codes that it belongs to; none = all. */
  reasons?: string[];
}

export interface HeldRule {
  way?: HeldWay;
  /** Minutes of the group's opening hours; 0 = the default. */
  due?: number;
  say?: string;
}

export type GateRule = "members" | "groups" | "supervisors";

/** Gate is who may pass chats into a group, or out of it; without a rule everybody. Whoever oversees always may. */
export interface Gate {
  who?: GateRule;
  groups?: GroupId[];
}

export interface TransferChapter {
  when?: string;
  reasons?: ReasonCode[];
  questions?: PlaybookQuestion[];
  /** Members who are no target. */
  except?: AgentId[];
  into?: Gate;
  out?: Gate;
  say?: string;
  promise?: string;
  held: HeldRule;
}

export interface GroupChatChapter {
  when?: string;
  whom?: string;
  /** Members beside the lead; 0 = the default. */
  most?: number;
  speaks?: string;
  closes?: string;
  say?: string;
}

export interface JumpInChapter {
  when?: string;
  say?: string;
}

/** Chapters are what a group writes for its colleagues. */
export interface Chapters {
  transfer: TransferChapter;
  group_chat: GroupChatChapter;
  jump_in: JumpInChapter;
}

/** Playbook is a group's guide; version 0 = nothing is written yet. */
export interface Playbook extends Chapters {
  group: GroupId;
  version: number;
}

export interface PlaybookVersion {
  playbook: Playbook;
  by: AgentId;
  by_name: string;
  at: Micros;
}

/** What holds where a playbook says nothing. */
export const playbookDefaults = { due: 480, most: 5 } as const;

/** The limits of a playbook, as the server keeps to them. */
export const playbookLimits = { text: 2000, line: 300, reasons: 20, questions: 10, due: 60 * 24 * 60, most: 5 } as const;

/** playbooks are the operations upon what groups have written. */
export function playbooks(call: Call) {
  const of = (id: GroupId) => `/v1/groups/${encodeURIComponent(id)}/playbook`;
  return {
    playbook: (id: GroupId, signal?: AbortSignal) => call<Playbook>("GET", of(id), signal ? { signal } : {}),
    playbookVersions: (id: GroupId, before = 0) =>
      call<{ versions: PlaybookVersion[]; next?: number }>("GET", `${of(id)}/versions`, { query: { before } }),
    /** For who oversees the group; `version` is the one that was there before. */
    savePlaybook: (id: GroupId, version: number, chapters: Chapters) => call<Playbook>("PUT", of(id), { body: { version, ...chapters } }),
  };
}
