/** Who may be asked into a Conversation, and what speaks against it. Pure. */
import type { Board } from "$kit/routing-api.ts";
import type { Agent, Group, Status, Thread } from "$kit/wire.ts";

export interface AskablePerson {
  id: string;
  name: string;
  status: Status;
  /** In hundredths of a chat; null = not known yet. */
  load: number | null;
  limit: number;
  problem: "inside" | "asked" | "offline" | "full" | null;
}

export interface Askable {
  people: AskablePerson[];
  groups: { id: string; name: string; free: number | null; asked: boolean }[];
  /** Nobody more fits beside the lead. */
  full: boolean;
}

const half = 50;

/** askable lists whom one could ask, those first whom nothing speaks against. */
export function askable(
  thread: Thread | undefined,
  team: Iterable<Agent>,
  groups: Iterable<Group>,
  board: Board | null,
  me: string,
  /** How many fit beside the lead, those who are asked included. */
  most: number,
): Askable {
  const invites = thread?.invites ?? [];
  const seats = new Map(board?.agents.map((a) => [a.agent, a]));
  const free = new Map(board?.groups.map((g) => [g.group, g.free]));
  const people = [...team]
    .filter((a) => !a.disabled && a.id !== me)
    .map((a): AskablePerson => {
      const seat = seats.get(a.id);
      const inside = thread?.lead === a.id || thread?.members.includes(a.id);
      const asked = invites.some((i) => i.agent === a.id);
      const full = seat !== undefined && seat.load + half > seat.limit;
      const problem = inside ? "inside" : asked ? "asked" : a.status === "offline" ? "offline" : full ? "full" : null;
      return { id: a.id, name: a.name, status: a.status, load: seat?.load ?? null, limit: seat?.limit ?? 0, problem };
    })
    .sort((x, y) => Number(x.problem !== null) - Number(y.problem !== null) || x.name.localeCompare(y.name));
  return {
    people,
    groups: [...groups]
      .filter((g) => !g.deleted)
      .map((g) => ({ id: g.id, name: g.name, free: free.get(g.id) ?? null, asked: invites.some((i) => i.group === g.id) })),
    full: (thread?.members.length ?? 0) + invites.length >= most,
  };
}
