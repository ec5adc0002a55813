// @vitest-environment jsdom
import { expect, test } from "vitest";
import type { RehearsalDiff } from "$kit/rules.ts";
import { clockText, w } from "../words";
import { diffLines, progressOf } from "./diff";

const groups: Record<string, string> = { g_1: "Sales", g_2: "Support" };
const names = { group: (id: string) => groups[id] ?? id, clock: clockText };

const nothing: RehearsalDiff = {
  text: "",
  moves: [],
  nobody: { before: [], after: [], new: [] },
  left: { before: [], after: [], new: [] },
  by_mail: { before: [], after: [], new: [] },
  median: { before: 40e9, after: 40e9, before_above: [], after_above: [] },
  slowest: { before: 0, after: 0, before_above: [], after_above: [] },
  agents: [],
  visits: 0,
};

const textsOf = (diff: Partial<RehearsalDiff>) => diffLines({ ...nothing, ...diff }, w, names).map((line) => line.text);

test("a rehearsal reads as a person would tell it", () => {
  const texts = textsOf({
    moves: [{ from: "g_1", to: "g_2", text: "", ids: Array.from({ length: 17 }, (_, i) => `c_${i}`) }],
    nobody: { before: [], after: ["c_1", "c_2", "c_3"], new: ["c_1", "c_2", "c_3"] },
    median: { before: 40e9, after: 70e9, before_above: [], after_above: [] },
  });
  expect(texts).toContain("17 chats move from Sales to Support.");
  expect(texts).toContain("3 chats would have met nobody (0 before).");
  expect(texts).toContain("Half of the answered visitors waited at most 1:10 (0:40 before).");
});

test("one chat is one chat", () => {
  expect(textsOf({ moves: [{ from: "g_1", to: "g_2", text: "", ids: ["c_1"] }] })).toContain("1 chat moves from Sales to Support.");
});

test("where nothing moves, that is said", () => {
  expect(textsOf({})).toContain("No chat moves to another group.");
});

test("each number has the chats behind it, none twice and none empty", () => {
  const lines = diffLines({ ...nothing, left: { before: ["c_1", "c_2"], after: ["c_2", "c_3"], new: ["c_3"] } }, w, names);
  const left = lines.find((line) => line.key === "left");
  expect(left?.evidence.map((e) => e.ids)).toEqual([["c_3"], ["c_2"], ["c_1"]]);
  expect(left?.tone).toBe("moved");
});

test("fewer and shorter is better, more and longer is worse", () => {
  const tone = (diff: Partial<RehearsalDiff>, key: string) =>
    diffLines({ ...nothing, ...diff }, w, names).find((line) => line.key === key)?.tone;
  expect(tone({ left: { before: ["c_1"], after: [], new: [] } }, "left")).toBe("better");
  expect(tone({ left: { before: [], after: ["c_1"], new: ["c_1"] } }, "left")).toBe("worse");
  expect(tone({ slowest: { before: 60e9, after: 90e9, before_above: [], after_above: [] } }, "slowest")).toBe("worse");
  expect(tone({}, "median")).toBe("same");
});

test("progress knows its rate only after a second, and its end from its rate", () => {
  const first = { done: 0, atMs: 0 };
  expect(progressOf(10, 100, first, 500)).toEqual({ share: 0.1, rate: 0, left: null });
  expect(progressOf(50, 100, first, 5000)).toEqual({ share: 0.5, rate: 10, left: 5 });
  expect(progressOf(0, 0, first, 5000)).toEqual({ share: 0, rate: 0, left: null });
});
