import { expect, test } from "vitest";
import { timingNames } from "$kit/rules.ts";
import { sections, timingOf, tooLate, usual } from "./timing";

test("what is not set is the usual", () => {
  expect(timingOf({ limit: 4, timing: {} })).toEqual(usual);
  expect(timingOf({ limit: 4, timing: { offer: 30, lost: 0 } })).toEqual({ ...usual, offer: 30 });
});

test("every span stands on the screen once", () => {
  expect(sections.flatMap((s) => s.spans).sort()).toEqual([...timingNames].sort());
});

test("a warning that comes too late is found, also against a usual value", () => {
  expect(tooLate({ limit: 4, timing: {} })).toEqual([]);
  expect(tooLate({ limit: 4, timing: { reply: 60 } })).toEqual(["warn"]);
  expect(tooLate({ limit: 4, timing: { unheard: 60 } })).toEqual(["lost"]);
  expect(tooLate({ limit: 4, timing: { unheard: 45 } })).toEqual([]);
  expect(tooLate({ limit: 4, timing: { warn: 30, reply: 60, input_warn: 600 } })).toEqual(["input_warn"]);
});
