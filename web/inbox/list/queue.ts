/** What the queue tab says beside its rows. Pure. */
import type { Load, QueueEntry, QueueView } from "$kit/routing-api.ts";
import type { Agent, Row } from "$kit/wire.ts";

/** Wait is a range of minutes; from 0 to 1 it is less than one. */
export interface Wait {
  low: number;
  high: number;
}

/** waitOf reads an entry's estimate; null where there is none, since the data are thin. */
export function waitOf(entry: QueueEntry | undefined): Wait | null {
  const { low_s: from, high_s: to } = entry?.wait ?? {};
  if (from === undefined || to === undefined || to === 0) return null;
  const low = Math.floor(from / 60);
  return { low, high: Math.max(low + 1, Math.ceil(to / 60)) };
}

/** entriesOf finds the entry of each Conversation. */
export function entriesOf(view: QueueView | null): ReadonlyMap<string, QueueEntry> {
  return new Map(view?.entries.map((entry) => [entry.conversation, entry]));
}

/** mixed reports whether the Conversations wait in more than one queue, so that their places count anew in each. */
export function mixed(rows: readonly Row[], view: QueueView | null): boolean {
  const groups = new Set(view?.entries.map((entry) => entry.group));
  for (const row of rows) if (row.thread) groups.add(row.thread.group);
  return groups.size > 1;
}

/** Colleague is somebody's load with his name. */
export interface Colleague extends Load {
  name: string;
  me: boolean;
}

/** colleaguesOf puts oneself first, then who has the most room; who is disabled or unknown is left out. */
export function colleaguesOf(loads: readonly Load[], team: ReadonlyMap<string, Agent>, me: string): Colleague[] {
  return loads
    .flatMap((load) => {
      const agent = team.get(load.agent);
      return agent === undefined || agent.disabled ? [] : [{ ...load, name: agent.name, me: agent.id === me }];
    })
    .sort((a, b) => Number(b.me) - Number(a.me) || part(a) - part(b) || a.name.localeCompare(b.name));
}

function part({ load, limit }: Load): number {
  return limit > 0 ? load / limit : Number.POSITIVE_INFINITY;
}
