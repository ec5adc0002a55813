import { expect, test } from "vitest";
import { addressOfLines, deedsOf, stretchOf } from "./coaching";

const of = (state: string, me: string) =>
  deedsOf({ coach: "c", agent: "a", state: state as "given" }, me)
    .map((d) => d.act)
    .join(" ");

test("each of the two is offered what the rule allows, and a third nothing", () => {
  expect(of("draft", "c")).toBe("give withdraw");
  expect(of("given", "c")).toBe("withdraw");
  expect(of("disputed", "c")).toBe("reply settle withdraw");
  expect(of("seen", "a")).toBe("accept answer dispute");
  expect(of("disputed", "a")).toBe("accept answer settle");
  expect(of("accepted", "a")).toBe("answer dispute settle");
  for (const state of ["settled", "withdrawn"]) expect(of(state, "a") + of(state, "c")).toBe("");
  for (const state of ["draft", "given", "answered", "disputed"]) expect(of(state, "x")).toBe("");
});

test("lines have an address that marks all of them", () => {
  expect(addressOfLines("c_1", 4, 4)).toBe("/c/c_1?at=4");
  expect(addressOfLines("c_1", 4, 9)).toBe("/c/c_1?at=4&to=9");
});

test("a moment takes so many lines up to the last one", () => {
  const lines = [1, 2, 5, 8].map((seq) => ({ seq }));
  const seqs = (last: number, count: number) => stretchOf(lines, last, count).map((l) => l.seq);
  expect(seqs(8, 1)).toEqual([8]);
  expect(seqs(5, 2)).toEqual([2, 5]);
  expect(seqs(2, 9)).toEqual([1, 2]);
  expect(seqs(99, 2)).toEqual([5, 8]);
  expect(seqs(8, 0)).toEqual([8]);
});
