import { expect, test } from "vitest";
import type { Alerted } from "$kit/push-api.ts";
import { stepsOf } from "./steps";

const told = (alert: Partial<Alerted["alert"]>, device: Partial<Alerted["devices"][number]>): Alerted => ({
  alert: { id: "al_1", agent: "a_1", kind: "test", count: 1, at: 10, ...alert },
  steps: [],
  devices: [{ session: "n_1", count: 1, sent_at: 20, ...device }],
});
const at = (one: Alerted, session = "n_1") => stepsOf(one, session).map((s) => s.at);

test("each moment that was reached has its time", () => {
  expect(stepsOf(told({}, {}), "n_1").map((s) => s.moment)).toEqual(["decided", "sent", "accepted", "shown", "seen"]);
  expect(at(told({}, {}))).toEqual([10, 20, 0, 0, 0]);
  expect(at(told({}, { answered_at: 30, outcome: "accepted" }))).toEqual([10, 20, 30, 0, 0]);
  expect(at(told({ ended_at: 50, end: "seen" }, { answered_at: 30, outcome: "accepted", shown_at: 40 }))).toEqual([10, 20, 30, 40, 50]);
});

test("an answer that is a refusal is no acceptance, and an end without a look is none", () => {
  expect(at(told({ ended_at: 50, end: "over" }, { answered_at: 30, outcome: "refused" }))).toEqual([10, 20, 0, 0, 0]);
  expect(at(told({}, {}), "another")).toEqual([10, 0, 0, 0, 0]);
});
