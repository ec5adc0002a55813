import { expect, test } from "vitest";
import { untilOf } from "./away";

const minute = 60_000_000;
const midnight = () => 1_000_000 * minute;
const noon = midnight() + 12 * 60 * minute;

test("a break ends after minutes, at a time of day, or is open", () => {
  expect(untilOf(0, noon, midnight)).toBe(0);
  expect(untilOf(30, noon, midnight)).toBe(noon + 30 * minute);
  expect(untilOf("14:30", noon, midnight)).toBe(noon + 150 * minute);
});

test("a time of day that has passed is tomorrow's", () => {
  expect(untilOf("09:00", noon, midnight)).toBe(noon + 21 * 60 * minute);
  expect(untilOf("12:00", noon, midnight)).toBe(noon + 24 * 60 * minute);
});

test("what is no time answers null", () => {
  expect(untilOf("", noon, midnight)).toBeNull();
  expect(untilOf("soon", noon, midnight)).toBeNull();
});
