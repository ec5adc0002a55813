import { expect, test } from "vitest";
import type { ShareLine, ShareWeek } from "$kit/routing-api.ts";
import { driftOf, linesOf, mostOf } from "./share";

const line = (agent: string, chats: number, share: number, mean = 0.2): ShareLine => ({
  agent,
  chats,
  share,
  mean,
  skipped: 0,
  over: 0,
  most_at_once: 1,
  without_break_s: 0,
});
const week = (...agents: ShareLine[]): ShareWeek => ({ from: 0, agents });

test("a small distance from the fair part is even", () => {
  const of = (chats: number, share: number) => driftOf(line("a", chats, share), week());
  expect([of(25, 0.25), of(23, 0.23), of(17, 0.17), of(15, 0.15)]).toEqual(["more", "even", "even", "less"]);
  // Of seven chats a part of 2/7 is one chat more than a fifth: nothing to speak of.
  expect(of(2, 2 / 7)).toBe("even");
});

test("who had none is judged by what the others had", () => {
  const none = line("a", 0, 0);
  expect(driftOf(none, week(none, line("b", 50, 1)))).toBe("less");
  expect(driftOf(none, week(none, line("b", 3, 1)))).toBe("even");
  expect(driftOf(line("a", 0, 0, 0), week(line("b", 50, 1)))).toBe("even");
});

test("who had most stands on top, and the widest part is the longest bar", () => {
  const all = week(line("b", 3, 0.1), line("a", 3, 0.1), line("c", 30, 0.5));
  expect(linesOf(all).map((l) => l.agent)).toEqual(["c", "a", "b"]);
  expect(mostOf(all)).toBe(0.5);
  expect(mostOf(week())).toBe(0.01);
});
