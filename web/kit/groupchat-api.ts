import type { Call } from "./api.ts";
import type { AgentId, ChatRole, ConversationId, Done, GroupId } from "./wire.ts";

/** Whom to ask in, and as what: a colleague, or the first who is free of a group. */
export interface Asking {
  agent?: AgentId;
  group?: GroupId;
  role?: ChatRole;
  note?: string;
  /** Posted to the visitor first, in my name. */
  say?: string;
}

/** groupChat is what several agents do in one conversation. */
export function groupChat(call: Call) {
  const act = (id: ConversationId, name: string, body: object) =>
    call<Done>("POST", `/v1/conversations/${encodeURIComponent(id)}/${name}`, { body });
  return {
    askIn: (id: ConversationId, key: string, { role, note, say, ...whom }: Asking) =>
      act(id, "ask-in", { key, ...whom, ...(role ? { role } : {}), ...(note ? { note } : {}), ...(say ? { say } : {}) }),
    acceptInvitation: (id: ConversationId, key: string, invite: number) => act(id, "accept-invitation", { key, invite }),
    declineInvitation: (id: ConversationId, key: string, invite: number, reason = "") =>
      act(id, "decline-invitation", { key, invite, ...(reason ? { reason } : {}) }),
    withdrawInvitation: (id: ConversationId, key: string, invite: number) => act(id, "withdraw-invitation", { key, invite }),
    setChatRole: (id: ConversationId, key: string, agent: AgentId, role: ChatRole) => act(id, "role", { key, agent, role }),
    /** 0 minutes end it. */
    trust: (id: ConversationId, key: string, agent: AgentId, minutes: number) => act(id, "trust", { key, agent, minutes }),
    handLead: (id: ConversationId, key: string, to: AgentId) => act(id, "hand-lead", { key, to }),
    release: (id: ConversationId, key: string, proposal: number, text = "") =>
      act(id, "release", { key, proposal, ...(text ? { text } : {}) }),
    discard: (id: ConversationId, key: string, proposal: number, word = "") =>
      act(id, "discard", { key, proposal, ...(word ? { word } : {}) }),
  };
}
