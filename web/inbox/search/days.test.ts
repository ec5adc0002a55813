import { expect, test } from "vitest";
import { dayBegins } from "./days.ts";

test("a day begins at its midnight by the reader's clock, and ends where the next one begins", () => {
  expect(dayBegins("2026-03-29")).toBe(new Date(2026, 2, 29).getTime() * 1000);
  expect(dayBegins("2026-03-29", 1)).toBe(new Date(2026, 2, 30).getTime() * 1000);
  expect(dayBegins("2026-12-31", 1)).toBe(new Date(2027, 0, 1).getTime() * 1000);
});

test("a day that is not named narrows nothing", () => {
  for (const none of ["", "soon", "2026-3-1"]) expect(dayBegins(none)).toBeUndefined();
});
