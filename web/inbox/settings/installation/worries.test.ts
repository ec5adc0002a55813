import type { Installation, ServingNode } from "$kit/installation.ts";
import { expect, test } from "vitest";
import { worriesOf } from "./worries.ts";

const now = 1_000_000_000_000;

function node(change: Partial<ServingNode> = {}, health: Partial<ServingNode["health"]> = {}): ServingNode {
  return {
    name: "n1",
    version: "1.0",
    here: true,
    alive: true,
    since: now - 60e6,
    seen: now,
    ahead: 900,
    health: {
      ready: true,
      feeds: 3,
      answer: 800,
      bus: { kind: "nats", connected: true },
      files: { kind: "disk", ok: true },
      disk: { free: 50e9, total: 100e9 },
      ...health,
    },
    ...change,
  };
}

function installation(nodes: ServingNode[], change: Partial<Installation> = {}): Installation {
  const settings = [{ name: "fsync", value: "on", ok: true, want: "on" }];
  return {
    now,
    database: { engine: "PostgreSQL 16", bytes: 1, settings, unnumbered: 1, oldest: now - 100 },
    jobs: { waiting: 5, due: 1, oldest: now - 1e6, dead: 0 },
    nodes,
    ...change,
  };
}

const kinds = (i: Installation) => worriesOf(i).map((w) => w.what);

test("worries: none where all is well, also alone without a bus", () => {
  expect(kinds(installation([node(), node({ name: "n2", here: false })]))).toEqual([]);
  expect(kinds(installation([node({}, { bus: { kind: "none", connected: false }, disk: { free: 0, total: 0 } })]))).toEqual([]);
});

test("worries: each part of a node", () => {
  for (const [change, health, what] of [
    [{ alive: false, seen: now - 60e6 }, {}, "gone"],
    [{ ahead: -2_100_000 }, {}, "clock"],
    [{}, { ready: false }, "unready"],
    [{}, { answer: 600_000 }, "slow"],
    [{}, { bus: { kind: "nats", connected: false, since: now - 9e6 } }, "bus"],
    [{}, { files: { kind: "s3", ok: false } }, "files"],
    [{}, { disk: { free: 1e9, total: 100e9 } }, "disk"],
  ] as [Partial<ServingNode>, Partial<ServingNode["health"]>, string][]) {
    expect(kinds(installation([node(change, health)]))).toEqual([what]);
  }
  expect(worriesOf(installation([node({ ahead: -5_200_000 })]))).toEqual([{ what: "clock", node: "n1", seconds: 5 }]);
  expect(kinds(installation([node(), node({ name: "n2", version: "1.1" }, { bus: { kind: "none", connected: false } })]))).toEqual([
    "lonely",
    "versions",
  ]);
});

test("worries: the database and its jobs", () => {
  const settings = [{ name: "fsync", value: "off", ok: false, want: "on" }];
  const database = { engine: "PostgreSQL 16", bytes: 1, settings, unnumbered: 4, oldest: now - 3e6 };
  const i = installation([node()], { database, jobs: { waiting: 5, due: 2, oldest: now - 180e6, dead: 1 } });
  expect(worriesOf(i)).toEqual([
    { what: "setting", name: "fsync", value: "off", want: "on" },
    { what: "lag", n: 4, seconds: 3 },
    { what: "overdue", n: 2, minutes: 3 },
    { what: "dead", n: 1 },
  ]);
});
