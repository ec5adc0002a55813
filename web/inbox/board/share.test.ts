import { expect, test } from "vitest";
import type { ShareLine } from "$kit/routing-api.ts";
import { driftOf, linesOf, mostOf } from "./share";

const line = (agent: string, chats: number, mean = 20): ShareLine => ({
  agent,
  chats,
  mean,
  share: 0,
  skipped: 0,
  over: 0,
  most_at_once: 1,
  without_break_s: 0,
});

test("a small distance from an even part is even", () => {
  expect([24, 23, 17, 16].map((n) => driftOf(line("a", n)))).toEqual(["more", "even", "even", "less"]);
  expect(driftOf(line("a", 1, 0.5))).toBe("even");
  expect(driftOf(line("a", 0, 0))).toBe("even");
});

test("who had most stands on top, and his bar is the longest", () => {
  const week = { from: 0, agents: [line("b", 3), line("a", 3), line("c", 30)] };
  expect(linesOf(week).map((l) => l.agent)).toEqual(["c", "a", "b"]);
  expect(mostOf(week)).toBe(30);
  expect(mostOf({ from: 0, agents: [] })).toBe(1);
});
