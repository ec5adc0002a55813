/** Who sees a conversation for which reason, as internal/chat's Access judges it. The server has the last word. */
import { answers, oversees } from "$kit/oversees.ts";
import type { Agent, Thread } from "$kit/wire.ts";

/** admitted reports whether an agent may see a thread; with `guests` left out, for another reason than being let in. */
export function admitted(thread: Thread, agent: Agent, guests: readonly string[] = thread.guests ?? []): boolean {
  // A colleague of another department sees what he is let into, whatever its policy.
  if (!answers(agent)) return guests.includes(agent.id);
  if (thread.policy === "open") return true;
  if (thread.lead === agent.id || thread.members.includes(agent.id) || guests.includes(agent.id) || oversees(agent, thread.group))
    return true;
  return agent.groups.includes(thread.group) && (thread.policy === "group" || thread.lead === undefined);
}

/** asGuest reports whether an agent sees a thread as a guest alone: he reads and writes notes. */
export function asGuest(thread: Thread | undefined, agent: Agent): boolean {
  return thread !== undefined && (thread.guests ?? []).includes(agent.id) && !admitted(thread, agent, []);
}

/**
 * readsOnly reports whether an agent who has a thread before him sees it for a time alone: as a guest, or because he
 * is asked to take it over. He does nothing there that lasts.
 */
export function readsOnly(thread: Thread | undefined, agent: Agent): boolean {
  return thread !== undefined && !admitted(thread, agent, []);
}

/** mayGrant reports whether an agent may let others see a thread: its lead, and who oversees its group. */
export function mayGrant(thread: Thread | undefined, agent: Agent): boolean {
  return thread !== undefined && (thread.lead === agent.id || oversees(agent, thread.group));
}

/** strangersIn reads whom the server says a note cannot call yet, since they may not see the conversation. */
export function strangersIn(data: unknown): string[] {
  if (typeof data !== "object" || data === null || !("agents" in data) || !Array.isArray(data.agents)) return [];
  return data.agents.filter((id): id is string => typeof id === "string");
}
