import { expect, test } from "vitest";
import { isMisordered } from "./steps";

test("each step comes later than the one before it, and one that is left out does not count", () => {
  const kind = (push: number, colleague: number, lead: number, mail: number) => ({ kind: "assigned", push, colleague, lead, mail });
  expect(isMisordered(kind(10, 60, 180, 900))).toBe(false);
  expect(isMisordered(kind(10, 0, 11, 0))).toBe(false);
  expect(isMisordered(kind(10, 10, 0, 0))).toBe(true);
  expect(isMisordered(kind(10, 60, 30, 0))).toBe(true);
  expect(isMisordered(kind(10, 60, 0, 60))).toBe(true);
});
