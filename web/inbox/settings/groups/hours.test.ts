import { expect, test } from "vitest";
import type { Shift } from "$kit/rules.ts";
import * as hours from "./hours";

const shift = (day: Shift["day"], from: string, to: string): Shift => ({ day, from, to });

test("a day keeps its own spans and the order of the week", () => {
  const week = [shift("fri", "09:00", "12:00"), shift("mon", "08:00", "12:00")];
  const next = hours.setDay(week, "mon", [
    { from: "08:00", to: "12:00" },
    { from: "13:00", to: "18:00" },
  ]);
  expect(next).toEqual([shift("mon", "08:00", "12:00"), shift("mon", "13:00", "18:00"), shift("fri", "09:00", "12:00")]);
  expect(hours.spansOf(next, "tue")).toEqual([]);
});

test("Monday is copied to the other weekdays and takes their spans away", () => {
  const week = [
    shift("mon", "09:00", "12:00"),
    shift("mon", "13:00", "17:00"),
    shift("wed", "22:00", "06:00"),
    shift("sat", "10:00", "14:00"),
  ];
  const next = hours.copyDay(week, "mon", hours.weekdays);
  for (const day of hours.weekdays) expect(hours.spansOf(next, day)).toEqual(hours.spansOf(week, "mon"));
  expect(hours.spansOf(next, "sat")).toEqual([{ from: "10:00", to: "14:00" }]);
});

test("a closed Monday closes the weekdays", () => {
  expect(hours.copyDay([shift("tue", "09:00", "17:00")], "mon", hours.weekdays)).toEqual([]);
});

test.each([
  ["09:00", "17:00", false, 480],
  ["22:00", "06:00", true, 480],
  ["00:00", "24:00", false, 1440],
  ["18:00", "24:00", false, 360],
])("%s to %s: overnight %s, %s minutes", (from, to, over, length) => {
  expect(hours.overnight({ from, to })).toBe(over);
  expect(hours.lengthOf({ from, to })).toBe(length);
});

test("a midnight that was typed as an end ends the day, and is shown as typed", () => {
  expect(hours.endTyped("00:00")).toBe("24:00");
  expect(hours.endShown("24:00")).toBe("00:00");
  expect(hours.spanProblem({ from: "00:00", to: hours.endTyped("00:00") })).toBeNull();
});

test.each([
  ["", "17:00", "missing"],
  ["09:00", "", "missing"],
  ["24:00", "08:00", "missing"],
  ["09:00", "09:00", "same"],
  ["22:00", "06:00", null],
])("a span from %s to %s: %s", (from, to, problem) => {
  expect(hours.spanProblem({ from, to })).toBe(problem);
});

test("adding a span proposes what does not clash", () => {
  let spans = [hours.nextSpan([])];
  expect(spans).toEqual([{ from: "09:00", to: "17:00" }]);
  spans = [{ from: "08:00", to: "12:00" }];
  spans.push(hours.nextSpan(spans));
  expect(spans[1]).toEqual({ from: "13:00", to: "17:00" });
  spans.push(hours.nextSpan(spans));
  expect(spans[2]).toEqual({ from: "18:00", to: "19:00" });
  expect(hours.clashes(spans.map((s) => ({ day: "mon", ...s })))).toEqual([]);
});

test("clashes are found within a day, over midnight, and from Sunday to Monday", () => {
  expect(hours.clashes([shift("mon", "09:00", "13:00"), shift("mon", "12:00", "17:00")])).toEqual(["mon"]);
  expect(hours.clashes([shift("mon", "22:00", "06:00"), shift("tue", "05:00", "12:00")])).toEqual(["tue"]);
  expect(hours.clashes([shift("sun", "22:00", "06:00"), shift("mon", "05:00", "12:00")])).toEqual(["mon"]);
  expect(hours.clashes([shift("mon", "09:00", "12:00"), shift("mon", "12:00", "17:00")])).toEqual([]);
});

test("the week's length counts overlapping hours once", () => {
  expect(hours.weekMinutes(hours.officeHours("Europe/Berlin").week)).toBe(5 * 480);
  expect(hours.weekMinutes([shift("mon", "09:00", "13:00"), shift("mon", "12:00", "17:00")])).toBe(480);
  expect(hours.weekMinutes([])).toBe(0);
});

test("an exception turns into one of every year and back", () => {
  const holiday = { from: "2026-12-24", to: "2026-12-26", name: "Christmas" };
  const every = hours.setYearly(holiday, true, 2030);
  expect(every).toEqual({ from: "12-24", to: "12-26", name: "Christmas" });
  expect(hours.yearly(every)).toBe(true);
  expect(hours.setYearly(every, false, 2027)).toEqual({ from: "2027-12-24", to: "2027-12-26", name: "Christmas" });
});

test.each([
  [{ from: "2026-12-24" }, null],
  [{ from: "02-29" }, null],
  [{ from: "2026-02-29" }, "day"],
  [{ from: "" }, "day"],
  [{ from: "2026-12-24", to: "12-26" }, "day"],
  [{ from: "2026-12-26", to: "2026-12-24" }, "order"],
  [{ from: "12-24", to: "01-02" }, "year-end"],
  [{ from: "12-24", spans: [{ from: "09:00", to: "09:00" }] }, "span"],
])("the exception %j: %s", (exception, problem) => {
  expect(hours.exceptionProblem(exception)).toBe(problem);
});

test("hours are wrong when any of their parts is", () => {
  expect(hours.hoursProblem(undefined)).toBe(false);
  expect(hours.hoursProblem(hours.officeHours("Europe/Berlin"))).toBe(false);
  expect(hours.hoursProblem({ zone: "UTC", week: [shift("mon", "", "17:00")] })).toBe(true);
  expect(hours.hoursProblem({ zone: "UTC", week: [], exceptions: [{ from: "" }] })).toBe(true);
});
