import { expect, test } from "vitest";
import { isOver, untilOf } from "./away";

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

test("a break is over at its time, and one without end never", () => {
  expect(isOver({ status: "away", until: noon }, noon)).toBe(true);
  expect(isOver({ status: "away", until: noon }, noon - 1)).toBe(false);
  expect(isOver({ status: "away" }, noon)).toBe(false);
  expect(isOver({ status: "accepting", until: noon }, noon)).toBe(false);
});
