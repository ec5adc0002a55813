import { expect, test } from "vitest";
import type { QueueEntry } from "$kit/routing-api.ts";
import type { Agent, Row } from "$kit/wire.ts";
import { colleaguesOf, entriesOf, mixed, waitOf } from "./queue";

const entry = (wait?: QueueEntry["wait"]): QueueEntry => ({
  conversation: "c_1",
  group: "g_1",
  position: 1,
  allowed: true,
  ...(wait === undefined ? {} : { wait }),
});

test("a wait is a range of minutes, or nothing", () => {
  expect(waitOf(entry())).toBeNull();
  expect(waitOf(undefined)).toBeNull();
  expect(waitOf(entry({}))).toBeNull();
  expect(waitOf(entry({ low_s: 10, high_s: 50 }))).toEqual({ low: 0, high: 1 });
  expect(waitOf(entry({ low_s: 119, high_s: 241 }))).toEqual({ low: 1, high: 5 });
  expect(waitOf(entry({ low_s: 300, high_s: 300 }))).toEqual({ low: 5, high: 6 });
});

test("entries are found by their conversation", () => {
  const view = { entries: [entry()], loads: [], agreements: [] };
  expect(entriesOf(view).get("c_1")?.position).toBe(1);
  expect(entriesOf(null).size).toBe(0);
});

test("places count anew in each queue: several are mixed, whether they are shown or known of", () => {
  const row = (group: string) => ({ thread: { group } }) as Row;
  const view = (...groups: string[]) => ({ entries: groups.map((group) => ({ ...entry(), group })), loads: [], agreements: [] });
  expect(mixed([row("g_1"), row("g_1")], null)).toBe(false);
  expect(mixed([row("g_1"), row("g_2")], null)).toBe(true);
  expect(mixed([row("g_1")], view("g_1"))).toBe(false);
  expect(mixed([row("g_1")], view("g_1", "g_2"))).toBe(true);
  expect(mixed([], null)).toBe(false);
});

test("oneself comes first, then who has the most room", () => {
  const agent = (id: string, name: string, disabled = false): [string, Agent] => [
    id,
    { id, name, email: "", role: "agent", status: "accepting", limit: 4, groups: [], disabled },
  ];
  const team = new Map([agent("me", "Zoë"), agent("a", "Ada"), agent("b", "Ben"), agent("gone", "Gil", true)]);
  const load = (id: string, has: number) => ({ agent: id, load: has, limit: 400, today: 0 });
  const loads = [load("a", 200), load("b", 25), load("me", 400), load("gone", 0), load("strange", 0)];
  expect(colleaguesOf(loads, team, "me").map((c) => c.name)).toEqual(["Zoë", "Ben", "Ada"]);
});
