import type { Installation, ServingNode } from "$kit/installation.ts";

/** Worry is something that an operator should do something about. */
export type Worry =
  | { what: "setting"; name: string; value: string; want: string }
  | { what: "lag"; n: number; seconds: number }
  | { what: "overdue"; n: number; minutes: number }
  | { what: "dead"; n: number }
  | { what: "gone"; node: string; seen: number }
  | { what: "unready" | "slow" | "files" | "disk"; node: string }
  | { what: "bus"; node: string; since: number }
  | { what: "lonely"; nodes: number }
  | { what: "clock"; node: string; seconds: number }
  | { what: "versions"; versions: string[] };

/** From when on something is a worry; the doctor on the command line goes by the same. */
export const limits = { lagMicros: 2e6, overdueMicros: 60e6, aheadMicros: 2e6, answerMicros: 500e3, freeBytes: 1 << 30 } as const;

/** worriesOf lists what is wrong, the gravest first; none where all is well. */
export function worriesOf(i: Installation): Worry[] {
  const alive = i.nodes.filter((n) => n.alive);
  const versions = [...new Set(alive.map((n) => n.version))].sort();
  return [
    ...i.database.settings.filter((s) => !s.ok).map(({ name, value, want }): Worry => ({ what: "setting", name, value, want })),
    ...lagOf(i),
    ...i.nodes.filter((n) => !n.alive).map((n): Worry => ({ what: "gone", node: n.name, seen: n.seen })),
    ...alive.flatMap(nodeWorries),
    ...(alive.length > 1 && alive.some((n) => n.health.bus.kind === "none") ? [{ what: "lonely" as const, nodes: alive.length }] : []),
    ...(versions.length > 1 ? [{ what: "versions" as const, versions }] : []),
    ...jobWorries(i),
  ];
}

function lagOf({ now, database: { unnumbered, oldest = 0 } }: Installation): Worry[] {
  if (unnumbered === 0 || now - oldest < limits.lagMicros) return [];
  return [{ what: "lag", n: unnumbered, seconds: Math.round((now - oldest) / 1e6) }];
}

function jobWorries({ now, jobs: { due, oldest = 0, dead } }: Installation): Worry[] {
  const late: Worry[] =
    due > 0 && now - oldest > limits.overdueMicros ? [{ what: "overdue", n: due, minutes: Math.round((now - oldest) / 60e6) }] : [];
  return dead > 0 ? [...late, { what: "dead", n: dead }] : late;
}

function nodeWorries(n: ServingNode): Worry[] {
  const { ready, answer, bus, files, disk } = n.health;
  const found: Worry[] = [];
  if (!ready) found.push({ what: "unready", node: n.name });
  if (answer > limits.answerMicros) found.push({ what: "slow", node: n.name });
  if (bus.kind === "nats" && !bus.connected) found.push({ what: "bus", node: n.name, since: bus.since ?? n.since });
  if (!files.ok) found.push({ what: "files", node: n.name });
  if (disk.total > 0 && disk.free < limits.freeBytes) found.push({ what: "disk", node: n.name });
  if (Math.abs(n.ahead) > limits.aheadMicros) found.push({ what: "clock", node: n.name, seconds: Math.round(Math.abs(n.ahead) / 1e6) });
  return found;
}
