import { expect, test } from "vitest";
import type { Hours } from "$kit/rules.ts";
import { dueAfter, fromLocalInput, localInput, openDays } from "./due";

const at = (text: string) => Date.parse(text) * 1000;
const days = (names: string, from: string, to: string) => names.split(" ").map((day) => ({ day: day as "mon", from, to }));
const office: Hours = { zone: "Europe/Berlin", week: days("mon tue wed thu fri", "09:00", "17:00") };
const due = (hours: Hours | undefined, from: string, minutes: number) => new Date(dueAfter(hours, at(from), minutes) / 1000).toISOString();

test("without hours the clock counts, and so it does for a group that never opens", () => {
  expect(due(undefined, "2026-03-05T15:00:00Z", 480)).toBe("2026-03-05T23:00:00.000Z");
  expect(due({ zone: "UTC", week: [] }, "2026-03-05T15:00:00Z", 60)).toBe("2026-03-05T16:00:00.000Z");
});

test("only open hours count: over a night, over a weekend, and from before the opening", () => {
  expect(due(office, "2026-03-05T15:00:00Z", 480)).toBe("2026-03-06T15:00:00.000Z"); // Thursday 16:00 to Friday 16:00
  expect(due(office, "2026-03-06T15:00:00Z", 120)).toBe("2026-03-09T09:00:00.000Z"); // one hour is left on Friday
  expect(due(office, "2026-03-08T03:00:00Z", 480)).toBe("2026-03-09T16:00:00.000Z"); // the end of the day still counts
});

test("an exception rules its whole day, every year where it says so", () => {
  const holiday: Hours = {
    ...office,
    exceptions: [{ from: "03-09" }, { from: "2026-03-10", to: "2026-03-11", spans: [{ from: "10:00", to: "11:00" }] }],
  };
  expect(due(holiday, "2026-03-06T15:30:00Z", 90)).toBe("2026-03-10T10:00:00.000Z"); // 30 min on Friday, Monday closed
  expect(due(holiday, "2026-03-06T16:00:00Z", 90)).toBe("2026-03-11T09:30:00.000Z");
});

test("a night shift reaches into the next day, but not into one that an exception rules", () => {
  const night: Hours = { zone: "UTC", week: days("mon tue", "22:00", "02:00") };
  expect(due(night, "2026-03-03T01:00:00Z", 90)).toBe("2026-03-03T22:30:00.000Z"); // one hour of Monday's is left
  expect(due({ ...night, exceptions: [{ from: "2026-03-03" }] }, "2026-03-02T23:00:00Z", 90)).toBe("2026-03-09T22:30:00.000Z");
});

test("the hour that summer time leaves out is no open hour, and the one that winter repeats is two", () => {
  const early: Hours = { zone: "Europe/Berlin", week: days("sun mon", "01:00", "04:00") };
  expect(due(early, "2026-03-28T23:00:00Z", 150)).toBe("2026-03-29T23:30:00.000Z"); // 2 h on Sunday, 30 min on Monday
  expect(due(early, "2026-10-24T22:00:00Z", 240)).toBe("2026-10-25T03:00:00.000Z"); // 4 h on Sunday
});

test("hours that overlap count once", () => {
  const both: Hours = { zone: "UTC", week: [...days("mon", "09:00", "12:00"), ...days("mon", "10:00", "13:00")] };
  expect(due(both, "2026-03-09T09:00:00Z", 240)).toBe("2026-03-09T13:00:00.000Z");
});

test("days in a row with the same hours are said once", () => {
  const week = [...days("mon tue", "09:00", "17:00"), ...days("wed", "09:00", "12:00"), ...days("thu fri", "09:00", "17:00")];
  expect(openDays({ zone: "UTC", week }).map((d) => `${d.from}-${d.to} ${d.spans[0]?.to}`)).toEqual([
    "mon-tue 17:00",
    "wed-wed 12:00",
    "thu-fri 17:00",
  ]);
});

test("a field for a date and a time shows this device's clock, and gives the same moment back", () => {
  expect(fromLocalInput(localInput(at("2026-03-05T15:07:00Z")))).toBe(at("2026-03-05T15:07:00Z"));
  expect([fromLocalInput(""), fromLocalInput("nonsense")]).toEqual([0, 0]);
});
