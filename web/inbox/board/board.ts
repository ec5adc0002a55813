/** How the board is laid out. Pure. */
import type { Board, BoardAgent, BoardChat, BoardGroup } from "$kit/routing-api.ts";

/** Presence is what of an agent's state a supervisor looks for first. */
export type Presence = "lost" | "accepting" | "finishing" | "away" | "offline";

/** presenceOf is an agent's state on the board: a broken line counts before what he has chosen. */
export function presenceOf(agent: BoardAgent): Presence {
  return agent.lost && agent.status !== "offline" ? "lost" : agent.status;
}

/** devicesOf is what is worth saying of an agent's devices: one at a desk is what everybody expects. */
export function devicesOf(agent: BoardAgent): "" | "mobile" | "many" {
  if (agent.mobile) return "mobile";
  return agent.devices > 1 ? "many" : "";
}

const order: readonly Presence[] = ["lost", "accepting", "finishing", "away", "offline"];

/** agentsOf lists the agents of a group ("" = all): troubles first, then by name, so that rows stay where they are. */
export function agentsOf(board: Board, group: string, nameOf: (agent: string) => string): BoardAgent[] {
  return board.agents
    .filter((a) => group === "" || a.groups.some((g) => g.group === group))
    .sort(
      (a, b) =>
        order.indexOf(presenceOf(a)) - order.indexOf(presenceOf(b)) ||
        nameOf(a.agent).localeCompare(nameOf(b.agent)) ||
        (a.agent < b.agent ? -1 : 1),
    );
}

/** groupsOf puts who waits longest first, then what is open, then by name. */
export function groupsOf(board: Board): BoardGroup[] {
  const oldest = (g: BoardGroup) => (g.waiting > 0 ? (g.oldest_at ?? 0) : Number.POSITIVE_INFINITY);
  return [...board.groups].sort(
    (a, b) =>
      (oldest(a) < oldest(b) ? -1 : oldest(a) > oldest(b) ? 1 : 0) ||
      Number(a.state === "offline") - Number(b.state === "offline") ||
      a.name.localeCompare(b.name),
  );
}

export interface Floor {
  waiting: number;
  oldest: number;
  accepting: number;
  free: number;
  lost: number;
}

/** floorOf sums the board up; an agent of several groups counts once. */
export function floorOf(board: Board): Floor {
  const waits = board.groups.filter((g) => g.waiting > 0 && g.oldest_at);
  const taking = board.agents.filter((a) => a.takes);
  return {
    waiting: board.groups.reduce((sum, g) => sum + g.waiting, 0),
    oldest: waits.length === 0 ? 0 : Math.min(...waits.map((g) => g.oldest_at ?? 0)),
    accepting: taking.length,
    free: taking.reduce((sum, a) => sum + Math.max(0, Math.floor((a.limit - a.load) / 100)), 0),
    lost: board.agents.filter((a) => presenceOf(a) === "lost").length,
  };
}

/** chatsOf puts the visitors who wait for an answer first, then the oldest chat. */
export function chatsOf(agent: BoardAgent): BoardChat[] {
  const waits = (c: BoardChat) => c.waiting_since || Number.POSITIVE_INFINITY;
  return [...agent.chats].sort((a, b) => (waits(a) === waits(b) ? a.since - b.since : waits(a) - waits(b)));
}
