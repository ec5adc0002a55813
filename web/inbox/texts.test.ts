// @vitest-environment jsdom
import { expect, test } from "vitest";
import { spanText } from "./texts";

test("a length of time is said in its two greatest parts", () => {
  const minute = 60_000;
  expect([0, 59_999, minute, 59 * minute, 60 * minute, 125 * minute, 3000 * minute].map((ms) => spanText(ms, "en"))).toEqual([
    "0 sec",
    "59 sec",
    "1 min",
    "59 min",
    "1 hr 0 min",
    "2 hr 5 min",
    "50 hr 0 min",
  ]);
  expect(spanText(125 * minute, "de")).toBe("2 Std. 5 Min.");
});
