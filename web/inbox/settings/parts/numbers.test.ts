import { expect, test } from "vitest";
import { unitOf, wholeOf } from "./numbers";

test("nothing typed is nothing set, and what is no whole number in bounds is refused", () => {
  expect(wholeOf("  ", 1, 9)).toBeUndefined();
  expect(wholeOf(" 7 ", 1, 9)).toBe(7);
  for (const wrong of ["0", "10", "1.5", "1e1", "seven", "0x7"]) expect(wholeOf(wrong, 1, 9), wrong).toBeNull();
});

test.each([
  [20, "second"],
  [60, "second"],
  [90, "second"],
  [120, "minute"],
  [600, "minute"],
  [3600, "hour"],
  [5400, "minute"],
])("%i seconds are typed by the %s", (seconds, unit) => {
  expect(unitOf(seconds)).toBe(unit);
});
