import type { Call } from "./api.ts";
import type { HeldWay } from "./playbook-api.ts";
import type { AgentId, ConversationId, Done, GroupId, HeldPart, Micros, Promised, ThreadId, Visitor } from "./wire.ts";

export type { HeldPart };

/** PassTo is to whom a Conversation is passed on. Without a group an agent's own is found by the server. */
export interface PassTo {
  kind: "agent" | "group" | "anyone";
  agent?: AgentId;
  group?: GroupId;
}

/** NewPass is what somebody is asked to take over, and what travels with it. */
export interface NewPass {
  to: PassTo;
  reason?: string;
  summary?: string;
  promised?: string;
  /** By the id of the playbook's question. */
  answers?: Record<string, string>;
  /** Posted to the visitor first. */
  say?: string;
  /** Who passes it on watches afterwards. */
  stay?: boolean;
  /** Members who do not stay. */
  drop?: AgentId[];
}

/** NewMove is the group whose queue it goes to at once, and what its playbook asks for. */
export interface NewMove extends Pick<NewPass, "reason" | "answers"> {
  group: GroupId;
}

/** NewHold is a pass to somebody who is not there. */
export interface NewHold extends NewPass {
  way: HeldWay;
  /** Absent: as the group has decided. */
  due?: Micros;
  email?: string;
  /** Why it is held otherwise than the group has decided, or though somebody is there. */
  deviation?: string;
  /** That he is away until after it is due is known. */
  sure?: boolean;
}

/** NobodyThere is the detail of the conflict that nobody can be asked now. */
export interface NobodyThere {
  to: PassTo;
  opens_at?: Micros;
}

/** SomebodyThere is the detail of the conflict that somebody of the target takes chats now. */
export interface SomebodyThere {
  there: PassTo;
}

/** AwayThen is the detail of the conflict that he is away until after it is due. */
export interface AwayThen {
  until: Micros;
  deputy?: AgentId;
}

/** Owed is a promise, and how it ended. */
export interface Owed extends Promised {
  conversation: ConversationId;
  thread: ThreadId;
  /** In what it is held otherwise than the group has decided, and why. */
  deviated?: HeldPart[];
  deviation?: string;
  ended_at?: Micros;
  how?: "kept" | "cancelled";
  late?: boolean;
  visitor: Visitor;
}

/** Kept counts what became of promises. Without an owner it is the sum of a group. */
export interface Kept {
  owner?: AgentId;
  group: GroupId;
  in_time: number;
  late: number;
  overdue: number;
  open: number;
  cancelled: number;
  /** How many were held otherwise than the group has decided, and in what; one may count in several. */
  deviations: number;
  other_way: number;
  other_due: number;
  other_say: number;
  other_there: number;
}

/** BookUse is how often chats were passed to a group by one version of its playbook for one reason, and what became of that next. */
export interface BookUse {
  group: GroupId;
  /** Absent where nothing was written yet. */
  version?: number;
  reason?: string;
  n: number;
  /** Passed back to where they came from, and on to somebody else. */
  back: number;
  on: number;
  /** Those that the reader may open, the newest first. */
  conversations: ConversationId[];
}

/** PromiseQuery asks for open promises, or for those that ended in the last days. */
export interface PromiseQuery {
  owner?: AgentId;
  group?: GroupId;
  ended?: boolean;
  days?: number;
}

/** passing are the operations of passing a Conversation on, and of what is owed then. */
export function passing(call: Call) {
  const act = (id: ConversationId, name: string, body: object) =>
    call<Done>("POST", `/v1/conversations/${encodeURIComponent(id)}/${name}`, { body });
  return {
    transfer: (id: ConversationId, key: string, pass: NewPass) => act(id, "transfer", { key, ...pass }),
    withdraw: (id: ConversationId, key: string) => act(id, "withdraw", { key }),
    letGo: (id: ConversationId, key: string) => act(id, "let-go", { key }),
    move: (id: ConversationId, key: string, move: NewMove) => act(id, "move", { key, ...move }),
    hold: (id: ConversationId, key: string, hold: NewHold) => act(id, "hold", { key, ...hold }),
    cancelPromise: (id: ConversationId, key: string, why: string) => act(id, "cancel-promise", { key, why }),
    passPromise: (id: ConversationId, key: string, to: AgentId, why: string) => act(id, "pass-promise", { key, to, why }),
    promises: async ({ ended, ...query }: PromiseQuery) =>
      (await call<{ promises: Owed[] }>("GET", "/v1/promises", { query: { ...query, ...(ended ? { ended: "true" } : {}) } })).promises,
    bookUse: async (days: number) => (await call<{ use: BookUse[] }>("GET", "/v1/playbook-use", { query: { days } })).use,
    keptPromises: async (days: number) => (await call<{ kept: Kept[] }>("GET", "/v1/promises/kept", { query: { days } })).kept,
  };
}
