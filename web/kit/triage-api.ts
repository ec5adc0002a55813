import type { Call } from "./api.ts";
import type { PassTo } from "./pass-api.ts";
import type { ConversationId, Done } from "./wire.ts";

/** NewTriage is where somebody of a first line sends what waits there. */
export interface NewTriage {
  to: PassTo;
  reason?: string;
  /** By the id of the playbook's question. */
  answers?: Record<string, string>;
}

/** triage are the operations of a first line. */
export function triage(call: Call) {
  return {
    triage: (id: ConversationId, key: string, to: NewTriage) =>
      call<Done>("POST", `/v1/conversations/${encodeURIComponent(id)}/triage`, { body: { key, ...to } }),
  };
}
