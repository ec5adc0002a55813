// @vitest-environment jsdom
import { standing } from "$kit/badge.ts";
import { expect, test } from "vitest";
import { badgeText, endOf, marksText, undisturbedText } from "./marks";

const minute = 60_000_000;
const noon = new Date(2026, 2, 2, 12, 0).getTime() * 1000;
const midnight = new Date(2026, 2, 2).getTime() * 1000;

test("a badge is said with its end, and not any more from then on", () => {
  const lunch = { badge: { emoji: "🥪", text: "Lunch", until: noon + 60 * minute } };
  expect(badgeText(lunch, noon)).toMatch(/^🥪 Lunch, until \D*1:00/u);
  expect(badgeText(lunch, noon + 60 * minute)).toBe("");
  expect(badgeText({ badge: { emoji: "🏠" } }, noon)).toBe("🏠");
  expect(badgeText({}, noon)).toBe("");
});

test("who does not want to be disturbed is marked until his time", () => {
  const quiet = { undisturbed: noon + minute };
  expect(undisturbedText(quiet, noon)).not.toBe("");
  expect(undisturbedText(quiet, noon + minute)).toBe("");
  expect(marksText({ ...quiet, badge: { text: "x" } }, noon)).toMatch(/^x · /u);
  expect(marksText(undefined, noon)).toBe("");
});

test("an end is after minutes, at the end of the day, at the next such time, or open", () => {
  expect(endOf(30, "", noon)).toBe(noon + 30 * minute);
  expect(endOf("today", "", noon)).toBe(midnight + 24 * 60 * minute);
  expect(endOf("time", "13:30", noon)).toBe(noon + 90 * minute);
  expect(endOf("time", "09:00", noon)).toBe(midnight + 33 * 60 * minute);
  expect(endOf("time", "", noon)).toBeNull();
  expect(endOf("open", "", noon)).toBe(0);
});

test("who answers no visitors is there while he is connected", () => {
  expect(standing({ role: "colleague", status: "offline" }, true)).toBe("accepting");
  expect(standing({ role: "agent", status: "away" }, true)).toBe("away");
  expect(standing({ role: "agent", status: "accepting" }, false)).toBe("offline");
});
