import { expect, test } from "vitest";
import type { PathsReport } from "$kit/rules.ts";
import { passedShare, reachedOf } from "./report";

const path = (group: string, n: number, rule = ""): PathsReport["paths"][number] => ({ group, cause: "rule", rule, n, conversations: [] });

test("paths stand under the group that they lead to, the busiest first, with their share of all", () => {
  const reached = reachedOf([path("g_1", 10, "a"), path("g_2", 60, "b"), path("g_1", 30, "c")]);
  expect(reached.map((r) => [r.group, r.n, r.share])).toEqual([
    ["g_2", 60, 0.6],
    ["g_1", 40, 0.4],
  ]);
  expect(reached[1]?.paths.map((p) => [p.rule, p.share])).toEqual([
    ["c", 0.3],
    ["a", 0.1],
  ]);
});

test("nothing has no shares", () => {
  expect(reachedOf([])).toEqual([]);
  expect(reachedOf([path("g_1", 0)])[0]?.share).toBe(0);
  expect(passedShare({ taken: 0, passed_on: 0 })).toBeNull();
  expect(passedShare({ taken: 4, passed_on: 1 })).toBe(0.25);
});
