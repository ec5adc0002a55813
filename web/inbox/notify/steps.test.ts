import { expect, test } from "vitest";
import { stepOf, unshownAfter } from "./steps";

test("each step is told, and the one that is missing with its remedy", () => {
  const at = (outcome: string | undefined, shown_at = 0, after = 1) =>
    stepOf({ ...(outcome ? { outcome } : {}), sent_at: 100, shown_at }, 100 + after);
  expect(at(undefined)).toBe("test.sent");
  expect(at("accepted")).toBe("test.waiting");
  expect(at("accepted", 0, unshownAfter + 1)).toBe("test.unshown");
  expect(at("accepted", 150, unshownAfter + 1)).toBe("test.shown");
  expect(["gone", "later", "refused"].map((outcome) => at(outcome))).toEqual(["test.over", "test.later", "test.refused"]);
});
