import { expect, test } from "vitest";
import type { Kept, Owed } from "$kit/pass-api.ts";
import { dayKey, merged, outcomeOf, rateOf, standingOf, urgencyOf } from "./promises";

const owed = (conversation: string, due: number, more: Partial<Owed> = {}): Owed => ({
  seq: 1,
  conversation,
  thread: `t_${conversation}`,
  group: "g",
  by: "ann",
  way: "wait",
  at: 0,
  due,
  soon_at: due - 20,
  visitor: { id: "v", site: "s", name: "Mia", since: 1, seen: 1, conversation },
  ...more,
});

test("what is owed is counted, with what is overdue and what is due first", () => {
  expect(standingOf([owed("a", 50), owed("b", 20), owed("c", 21)], 20)).toEqual({ open: 3, late: 1, first: 20 });
  expect(standingOf([], 20)).toEqual({ open: 0, late: 0, first: 0 });
});

test("a promise is late at its time, and soon from four fifths on", () => {
  expect([79, 80, 100].map((now) => urgencyOf(owed("a", 100), now))).toEqual(["calm", "soon", "late"]);
});

test("the lists of several groups are one: each promise once, overdue first; ended ones newest first", () => {
  const [a, b, c] = [owed("a", 50, { ended_at: 9 }), owed("b", 20, { ended_at: 8 }), owed("c", 30, { ended_at: 7 })];
  expect(
    merged(
      [
        [a, b],
        [b, c],
      ],
      false,
    ).map((p) => p.conversation),
  ).toEqual(["b", "c", "a"]);
  expect(
    merged(
      [
        [a, b],
        [b, c],
      ],
      true,
    ).map((p) => p.conversation),
  ).toEqual(["a", "b", "c"]);
});

test("it ended in time, late by so much, or was cancelled, late or not", () => {
  expect(outcomeOf(owed("a", 50, { how: "kept", ended_at: 40 }))).toEqual({ how: "kept", by: 0 });
  expect(outcomeOf(owed("a", 50, { how: "kept", late: true, ended_at: 70 }))).toEqual({ how: "late", by: 20 });
  expect(outcomeOf(owed("a", 50, { how: "cancelled", late: true, ended_at: 70 }))).toEqual({ how: "cancelled", by: 0 });
});

const other = { other_way: 1, other_due: 1, other_say: 0, other_there: 0 };

test("the rate counts what had to be kept by now, and nothing else", () => {
  const kept: Kept = { group: "g", in_time: 3, late: 1, overdue: 1, open: 7, cancelled: 5, deviations: 2, ...other };
  expect(rateOf(kept)).toEqual({ kept: 3, of: 5 });
  expect(rateOf({ ...kept, in_time: 0, late: 0, overdue: 0 })).toBeNull();
});

test("a day has one name from its first to its last minute", () => {
  const at = (hour: number) => new Date(2026, 2, 5, hour, 30).getTime() * 1000;
  expect(dayKey(at(0))).toBe(dayKey(at(23)));
  expect(dayKey(at(23))).not.toBe(dayKey(at(24)));
});
