import { expect, test } from "vitest";
import { type Kept, isNews, tagOf } from "./tag";

const kept = (alert: string, count = 1): Kept => ({ alert, count, seq: 7, conversation: "c_1", address: "/c/c_1" });

test("each kind about a conversation has its own place, and a later one of the kind takes it", () => {
  const tag = (alert: string, kind: string, conversation?: string) =>
    tagOf({ alert, kind, ...(conversation === undefined ? {} : { conversation }) });
  expect(tag("al_1", "mention", "c_1")).not.toBe(tag("al_2", "transfer", "c_1"));
  expect(tag("al_1", "mention", "c_1")).toBe(tag("al_3", "mention", "c_1"));
  expect(tag("al_1", "mention", "c_1")).not.toBe(tag("al_1", "mention", "c_2"));
  expect(tag("al_1", "test")).not.toBe(tag("al_2", "test"));
});

test("what is told once more is silent, and what is new is heard", () => {
  expect(isNews(undefined, kept("al_1"))).toBe(true);
  expect(isNews(kept("al_1"), kept("al_1"))).toBe(false);
  expect(isNews(kept("al_1"), kept("al_1", 2))).toBe(true);
  // One of several was taken back.
  expect(isNews(kept("al_1", 2), kept("al_1", 1))).toBe(false);
  expect(isNews(kept("al_1"), kept("al_2"))).toBe(true);
});

test("what an open page has told is not heard again from the worker, and what came since is", () => {
  const own = { ...kept("", 0), seq: 7 };
  expect(isNews(own, kept("al_1"))).toBe(false);
  expect(isNews(own, { ...kept("al_1", 2), seq: 8 })).toBe(true);
});
