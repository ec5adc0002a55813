/** Whom of the board no alert reaches. Pure. */
import { oversees } from "$kit/oversees.ts";
import type { Board, BoardAgent } from "$kit/routing-api.ts";
import type { Sentence } from "$kit/sentence.ts";
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

/** Hindered is what hinders alerts on one device; device "" = it is about none of them, null = about one without a name. */
export interface Hindered {
  device: string | null;
  sentences: Sentence[];
}

/** byDevice gathers the reasons of one person by device, in their order. */
export function byDevice(because: readonly Sentence[]): Hindered[] {
  const all: Hindered[] = [];
  for (const sentence of because) {
    const device = sentence.names?.["device"] ?? (sentence.words?.["device"] === undefined ? "" : null);
    const known = all.find((one) => one.device === device);
    if (known) known.sentences.push(sentence);
    else all.push({ device, sentences: [sentence] });
  }
  return all;
}
