/** Whom of the board no alert reaches. Pure. */
import { oversees } from "$kit/oversees.ts";
import type { Board, BoardAgent } from "$kit/routing-api.ts";
import type { Agent } from "$kit/wire.ts";

/** unreachedOf are those who are on shift or expected there, and whom nothing calls; who is away has said so. */
export function unreachedOf(board: Board, group: string): BoardAgent[] {
  return board.agents.filter((a) => {
    const silent = a.reach.state === "deaf" || a.reach.state === "absent";
    const due = a.status === "accepting" || a.status === "finishing" || (a.expected && a.status !== "away");
    return silent && due && (group === "" || a.groups.some((g) => g.group === group));
  });
}

/** mayTest reports whether somebody may test another's devices, as the server has it. */
export function mayTest(me: Agent, agent: BoardAgent): boolean {
  return me.id === agent.agent || oversees(me, "") || agent.groups.some((g) => oversees(me, g.group));
}
