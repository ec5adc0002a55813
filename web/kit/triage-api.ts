import type { Call } from "./api.ts";
import type { PassTo } from "./pass-api.ts";
import type { ConversationId, Done, GroupId, Micros, ThreadId } from "./wire.ts";

/** NewTriage is where somebody of a first line sends what waits there. */
export interface NewTriage {
  to: PassTo;
  reason?: string;
  /** By the id of the playbook's question. */
  answers?: Record<string, string>;
}

/** WrongWay is a chat that a first line sent to a group from which it was soon passed on. */
export interface WrongWay {
  conversation: ConversationId;
  thread: ThreadId;
  visitor?: string;
  /** Where it was sent, and where it went from there. */
  group: GroupId;
  next: GroupId;
  at: Micros;
}

/** WrongWays is how many chats a first line passed on, and how many of those were passed on again soon. */
export interface WrongWays {
  group: GroupId;
  passed: number;
  wrong: number;
  /** Those that the reader may open, the newest first. */
  ways: WrongWay[];
}

/** triage are the operations of a first line. */
export function triage(call: Call) {
  return {
    triage: (id: ConversationId, key: string, to: NewTriage) =>
      call<Done>("POST", `/v1/conversations/${encodeURIComponent(id)}/triage`, { body: { key, ...to } }),
    wrongWays: async (days: number) =>
      (await call<{ wrong_ways: WrongWays[] }>("GET", "/v1/triage/wrong-ways", { query: { days } })).wrong_ways,
  };
}
