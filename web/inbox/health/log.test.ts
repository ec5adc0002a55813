// @vitest-environment jsdom
import { expect, test } from "vitest";
import type { Alerted } from "$kit/push-api.ts";
import { becameOf } from "./log";

const alerted = (alert: Partial<Alerted["alert"]>, steps: Alerted["steps"] = []): Alerted => ({
  alert: { id: "al_1", agent: "a_1", kind: "mention", count: 1, at: 1, ...alert },
  devices: [],
  steps,
});

/** What is said of an alert, without its times. */
const said = (one: Alerted) => becameOf(one).map((text) => text.replace(/ at \d+:\d+\s?[AP]M/, ""));

test("the log says what was done, in order, by whom it was passed on and what found nobody", () => {
  const told = said(
    alerted({ pushed_at: 10, ended_at: 40, end: "seen" }, [
      { step: "lead", at: 30, called: 0, reason: "nobody" },
      { step: "colleague", at: 20, called: 1, names: ["Ben"] },
      { step: "mail", at: 35, called: 1 },
    ]),
  );
  expect(told).toEqual([
    "pushed",
    "passed on to a colleague: Ben",
    "passed on to who oversees the group: nobody was there to call",
    "e-mail: sent",
    "seen",
  ]);
  expect(said(alerted({}, [{ step: "lead", at: 1, called: 0, reason: "already" }]))).toEqual([
    "passed on to who oversees the group: called already",
  ]);
});

test("each reason for which the server sends no e-mail has its words, and what the mail server did is told as it is", () => {
  const words = {
    no_mail: "mail is not configured",
    off: "you were not on shift",
    undisturbed: "you did not want to be disturbed",
    quiet: "it was in your quiet hours",
    "the mail server answered 550 5.1.1": "the mail server answered 550 5.1.1",
  };
  for (const [reason, word] of Object.entries(words))
    expect(said(alerted({}, [{ step: "mail", at: 1, called: 0, reason }])), reason).toEqual([`e-mail: not sent (${word})`]);
});

test("each reason to hold one back has its words", () => {
  for (const hush of ["off", "quiet", "undisturbed", "device"] as const) {
    const [first = ""] = becameOf(alerted({ hush }));
    expect(first, hush).toMatch(/^(held back|not pushed): /);
  }
  expect(becameOf(alerted({}))).toEqual([]);
});
