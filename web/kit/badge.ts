/** What stands at an agent's name beside his status. Pure. */
import type { Agent, Micros } from "./wire.ts";

/** Badge is what an agent has put at his name: an emoji, a few words or both, until a time. */
export interface Badge {
  emoji?: string;
  text?: string;
  until?: Micros;
}

type Marked = Pick<Agent, "badge" | "undisturbed">;

/** badgeOf is what stands at a name now: the server takes it off a moment after its end. */
export function badgeOf({ badge }: Marked, now: Micros): Badge | undefined {
  return badge && (badge.emoji || badge.text) && (!badge.until || badge.until > now) ? badge : undefined;
}

/** undisturbedUntil is until when somebody does not want to be disturbed; 0 = he may be. */
export function undisturbedUntil({ undisturbed = 0 }: Marked, now: Micros): Micros {
  return undisturbed > now ? undisturbed : 0;
}

/** standing is how somebody is there: not at all, or as he takes chats. Who answers no visitors is there while he is connected. */
export function standing(agent: Pick<Agent, "status" | "role">, connected: boolean): Agent["status"] {
  if (!connected) return "offline";
  return agent.role === "colleague" ? "accepting" : agent.status;
}
