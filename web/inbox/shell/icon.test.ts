import { expect, test, vi } from "vitest";
import { badgeIcon } from "./icon";

test("the icon shows how much waits, and nothing once one has left", () => {
  const setAppBadge = vi.fn(() => Promise.resolve());
  const leave = badgeIcon(3, { setAppBadge });
  expect(setAppBadge.mock.calls).toEqual([[3]]);
  leave();
  expect(setAppBadge.mock.calls).toEqual([[3], [0]]);
});

test("where a browser has no number at its icons, or refuses it, nothing happens", async () => {
  expect(() => badgeIcon(3, {})()).not.toThrow();
  const setAppBadge = vi.fn(() => Promise.reject(new Error("not allowed")));
  badgeIcon(3, { setAppBadge });
  await expect(setAppBadge.mock.results[0]?.value).rejects.toThrow("not allowed");
});
