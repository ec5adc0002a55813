/** What the queue tab says beside its rows. Pure. */
import type { Load, QueueEntry, QueueView } from "$kit/routing-api.ts";
import type { Agent, Row } from "$kit/wire.ts";

/** Wait is a range in words: from and to in minutes, or less than one. */
export type Wait = { words: "step"; step: 0 | 1 | 2 | 3 | 4 } | { words: "range"; low: number; high: number };

/** waitOf reads an entry's estimate; null where there is none, since the data are thin. */
export function waitOf(entry: QueueEntry | undefined): Wait | null {
  const wait = entry?.wait;
  if (wait === undefined) return null;
  if (wait.low_s !== undefined && wait.high_s !== undefined && wait.high_s > 0) {
    const low = Math.floor(wait.low_s / 60);
    if (wait.high_s <= 60) return { words: "step", step: 0 };
    return { words: "range", low, high: Math.max(low + 1, Math.ceil(wait.high_s / 60)) };
  }
  const step = wait.step;
  return step === 0 || step === 1 || step === 2 || step === 3 || step === 4 ? { words: "step", step } : null;
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
