// @vitest-environment jsdom
import { expect, test } from "vitest";
import type { Alerted } from "$kit/push-api.ts";
import { becameOf } from "./log";

const alerted = (alert: Partial<Alerted["alert"]>, steps: Alerted["steps"] = []): Alerted => ({
  alert: { id: "al_1", agent: "a_1", kind: "mention", count: 1, at: 1, ...alert },
  devices: [],
  steps,
});

test("the log says what was done, in order, by whom it was passed on and why it was held back", () => {
  const told = becameOf(
    alerted({ pushed_at: 10, ended_at: 40, end: "seen" }, [
      { step: "lead", at: 30, called: 0 },
      { step: "colleague", at: 20, called: 1, names: ["Ben"] },
      { step: "mail", at: 35, called: 0, reason: "mail is not configured" },
    ]),
  );
  expect(told.map((text) => text.replace(/ at \d+:\d+\s?[AP]M/, ""))).toEqual([
    "pushed",
    "passed on to a colleague: Ben",
    "passed on to who oversees the group: nobody was there to call",
    "e-mail: not sent (mail is not configured)",
    "seen",
  ]);
});

test("each reason to hold one back has its words", () => {
  for (const hush of ["off", "quiet", "undisturbed", "device"] as const) {
    const [first = ""] = becameOf(alerted({ hush }));
    expect(first, hush).toMatch(/^(held back|not pushed): /);
  }
  expect(becameOf(alerted({}))).toEqual([]);
});
