/** The paths report as its screen shows it. Pure. */
import type { PathsReport } from "$kit/rules.ts";
import type { GroupId } from "$kit/wire.ts";

type Path = PathsReport["paths"][number];

/** Slice is a path and its share of all chats. */
export interface Slice extends Path {
  share: number;
}

/** Reached is a Group, all its chats, and the paths on which they came, the widest first. */
export interface Reached {
  group: GroupId;
  n: number;
  share: number;
  paths: Slice[];
}

/** reachedOf puts the paths together by the Group that they lead to, the busiest first. */
export function reachedOf(paths: readonly Path[]): Reached[] {
  const total = paths.reduce((sum, path) => sum + path.n, 0);
  const share = (n: number) => (total === 0 ? 0 : n / total);
  const groups = [...new Set(paths.map((path) => path.group))].map((group) => {
    const own = paths.filter((path) => path.group === group).map((path) => ({ ...path, share: share(path.n) }));
    const n = own.reduce((sum, path) => sum + path.n, 0);
    return { group, n, share: share(n), paths: own.sort((a, b) => b.n - a.n) };
  });
  return groups.sort((a, b) => b.n - a.n);
}

/** passedShare is how much of what a first line took it passed on; null where it took nothing. */
export function passedShare(line: { taken: number; passed_on: number }): number | null {
  return line.taken === 0 ? null : line.passed_on / line.taken;
}
