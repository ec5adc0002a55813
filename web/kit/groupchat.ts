import type { AgentId, Casting, ChatRole, Event, EventOfKind, Invite, Micros, Thread } from "./wire.ts";

/** How a group chat folds, as internal/chat has it. */
type Change = { [K in keyof Thread]?: Thread[K] | undefined };

/** roleOf is what a member does beside writing as the host does. */
export function roleOf(t: Thread, agent: AgentId): ChatRole {
  return castingOf(t, agent)?.role ?? "";
}

/** trustedUntil is until when what an expert writes goes straight to the visitor; 0 = it does not. */
export function trustedUntil(t: Thread, agent: AgentId): Micros {
  return castingOf(t, agent)?.trusted ?? 0;
}

/** speaks reports whether what a member writes goes straight to the visitor. */
export function speaks(t: Thread, agent: AgentId, now: Micros): boolean {
  const role = roleOf(t, agent);
  return role === "" || (role === "expert" && trustedUntil(t, agent) > now);
}

function castingOf(t: Thread, agent: AgentId): Casting | undefined {
  return t.roles?.find((c) => c.agent === agent);
}

/** groupChatOf is what changes of a group chat alone. */
export function groupChatOf(t: Thread, event: Event): Change | undefined {
  switch (event.kind) {
    case "invite":
      return { invites: invited(t.invites ?? [], event) };
    case "invite.ended":
      return { invites: inviteEnded(t.invites ?? [], event) };
    case "role":
      return { roles: recast(t, event.body.agent, event.body.role) };
    case "trust":
      return { roles: t.roles?.map((c) => (c.agent === event.body.agent ? trust(c, event.body.until) : c)) };
    case "proposal":
      return { proposals: [...(t.proposals ?? []), { seq: event.seq, agent: agentOf(event) }] };
    case "proposal.ended":
      return { proposals: t.proposals?.filter((p) => p.seq !== event.body.proposal) };
    default:
      return undefined;
  }
}

/** recast gives a member another role; "" takes it from him. */
export function recast(t: Thread, agent: AgentId, role: ChatRole = ""): Casting[] {
  const others = (t.roles ?? []).filter((c) => c.agent !== agent);
  return role === "" ? others : [...others, { agent, role }];
}

export function joined(t: Thread, agent: AgentId, role?: ChatRole): Change {
  const invites = t.invites?.filter((i) => i.agent !== agent);
  return { members: [...t.members.filter((m) => m !== agent), agent], invites, roles: recast(t, agent, role) };
}

export function left(t: Thread, agent: AgentId): Change {
  const members = t.members.filter((m) => m !== agent);
  const lead = t.lead === agent ? undefined : t.lead;
  return { ...here({ members, lead, proposals: t.proposals }), lead, roles: recast(t, agent) };
}

/** here are the members, and the proposals of who takes part. */
export function here({ members, lead, proposals }: Change & { members: AgentId[] }): Change {
  return { members, proposals: proposals?.filter((p) => p.agent !== "" && (p.agent === lead || members.includes(p.agent))) };
}

function trust(c: Casting, until: Micros): Casting {
  const { trusted: _, ...rest } = c;
  return until ? { ...rest, trusted: until } : rest;
}

function invited(invites: readonly Invite[], event: EventOfKind<"invite">): Invite[] {
  const { invite, agent, group, role, note, deadline } = event.body;
  if (!invite) return [...invites, lean({ seq: event.seq, agent, group, role, by: agentOf(event), note, at: event.at, deadline })];
  return invites.map((i) => (i.seq === invite ? lean({ ...i, agent, deadline, at: event.at }) : i));
}

function inviteEnded(invites: readonly Invite[], event: EventOfKind<"invite.ended">): Invite[] {
  const { invite, agent = "", how, goes_on: goesOn } = event.body;
  if (!goesOn) return invites.filter((i) => i.seq !== invite);
  return invites.map((i) => {
    if (i.seq !== invite) return i;
    const asked = how === "withdrawn" ? i.asked : [...(i.asked ?? []), agent];
    return lean({ ...i, agent: undefined, deadline: undefined, asked });
  });
}

function agentOf(event: Event): AgentId {
  return event.actor.kind === "agent" ? (event.actor.id ?? "") : "";
}

/** lean leaves out what the server leaves out. */
function lean(invite: { [K in keyof Invite]: Invite[K] | undefined }): Invite {
  const kept = Object.entries(invite).filter(([key, value]) => key === "by" || key === "at" || key === "seq" || Boolean(value));
  return Object.fromEntries(kept) as unknown as Invite;
}
