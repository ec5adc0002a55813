import type { BoardAgent } from "$kit/routing-api.ts";

/** openOf reads which chats stand in the way of signing out; none where the refusal is another. */
export function openOf(data: unknown): string[] {
  if (typeof data !== "object" || data === null || !("open" in data) || !Array.isArray(data.open)) return [];
  return data.open.filter((id): id is string => typeof id === "string");
}

/** heirsOf lists who can take over, whoever has the most room first; who takes nothing comes last. */
export function heirsOf(agents: readonly BoardAgent[], me: string): BoardAgent[] {
  return agents
    .filter((a) => a.agent !== me && a.present && !a.lost && a.status !== "offline")
    .sort((a, b) => Number(b.takes) - Number(a.takes) || room(b) - room(a) || (a.agent < b.agent ? -1 : 1));
}

function room(agent: BoardAgent): number {
  return agent.limit - agent.load;
}
