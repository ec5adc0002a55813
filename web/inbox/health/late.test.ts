import { expect, test } from "vitest";
import { lateness } from "./late";

test("a hidden page's timers are measured, and the worst of the last ones counts", () => {
  const late = lateness();
  expect(late.most()).toBe(0);
  late.tick(1000, 1004, true);
  late.tick(2000, 82_000, true);
  late.tick(83_000, 83_000, true);
  expect(late.most()).toBe(80_000);
  for (let i = 0; i < 5; i++) late.tick(0, 2, true);
  expect(late.most()).toBe(2);
});

test("a page that is looked at does not sleep", () => {
  const late = lateness();
  late.tick(0, 90_000, false);
  expect(late.most()).toBe(0);
  late.tick(0, 90_000, true);
  late.woke();
  expect(late.most()).toBe(0);
});

test("a timer that comes early is not late", () => {
  const late = lateness();
  late.tick(1000, 990, true);
  expect(late.most()).toBe(0);
});
