/** What several agents do in one Conversation; each act says what went wrong. */
import type { Asking } from "$kit/groupchat-api.ts";
import type { AgentId, ChatRole, Done } from "$kit/wire.ts";
import { t } from "../texts";
import { refuse, run } from "./acts";
import { api } from "./server";
import { say } from "./toasts.svelte";

async function did(work: (key: string) => Promise<Done>): Promise<boolean> {
  const { failure } = await run(work);
  if (failure) refuse(failure);
  return failure === null;
}

export const groupChat = {
  askIn: (id: string, whom: Asking) => did((key) => api.askIn(id, key, whom)),
  decline: (id: string, invite: number, reason: string) => did((key) => api.declineInvitation(id, key, invite, reason)),
  withdraw: (id: string, invite: number) => did((key) => api.withdrawInvitation(id, key, invite)),
  leave: (id: string, successor: AgentId) => did((key) => api.leave(id, key, successor)),
  setRole: (id: string, agent: AgentId, role: ChatRole) => did((key) => api.setChatRole(id, key, agent, role)),
  trust: (id: string, agent: AgentId, minutes: number) => did((key) => api.trust(id, key, agent, minutes)),
  handLead: (id: string, to: AgentId) => did((key) => api.handLead(id, key, to)),
  release: (id: string, proposal: number, text = "") => did((key) => api.release(id, key, proposal, text)),
  discard: (id: string, proposal: number, word = "") => did((key) => api.discard(id, key, proposal, word)),
  /** accept answers whether one is in it now. */
  async accept(id: string, invite: number): Promise<boolean> {
    const { failure } = await run((key) => api.acceptInvitation(id, key, invite));
    if (failure?.kind === "gone" || failure?.kind === "missing") say(t("invitation.late"), { tone: "danger" });
    else if (failure) refuse(failure);
    return failure === null;
  },
};
