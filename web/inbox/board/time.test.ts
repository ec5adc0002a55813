import { expect, test } from "vitest";
import { clockText } from "./time";

test("a clock that runs counts minutes, and hours once there are any", () => {
  const second = 1_000_000;
  expect([-5, 0, 42.9, 59, 60, 725, 3600, 3729, 90_000].map((s) => clockText(s * second))).toEqual([
    "0:00",
    "0:00",
    "0:42",
    "0:59",
    "1:00",
    "12:05",
    "1:00:00",
    "1:02:09",
    "25:00:00",
  ]);
});
