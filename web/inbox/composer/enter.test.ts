import { expect, test } from "vitest";
import { type Pressed, isSend } from "./enter";
import { typist } from "./typing";

const press = (more: Partial<Pressed> = {}): Pressed => ({
  key: "Enter",
  shiftKey: false,
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  isComposing: false,
  keyCode: 13,
  ...more,
});

test("Enter sends; with Shift it makes a line", () => {
  expect(isSend(press())).toBe(true);
  expect(isSend(press({ shiftKey: true }))).toBe(false);
  expect(isSend(press({ key: "a" }))).toBe(false);
});

test("Enter that ends a composition sends nothing", () => {
  expect(isSend(press({ isComposing: true }))).toBe(false);
  expect(isSend(press({ keyCode: 229 }))).toBe(false);
});

test("Ctrl Enter is not Enter: it confirms a held message", () => {
  expect(isSend(press({ ctrlKey: true }))).toBe(false);
  expect(isSend(press({ metaKey: true }))).toBe(false);
});

test("typing is told at most every five seconds, its end at once, and pauses do not count as typing", () => {
  const told: boolean[] = [];
  let now = 1_000_000;
  const hands = typist(
    (on) => told.push(on),
    () => now,
  );
  hands.press(false);
  for (let i = 0; i < 4; i++) {
    now += 1000;
    hands.press(false);
  }
  expect(told).toEqual([true]);
  now += 60_000;
  hands.press(false);
  expect(told).toEqual([true, true]);
  hands.stop();
  hands.stop();
  expect(told).toEqual([true, true, false]);
  expect(hands.take()).toBe(4000);
  expect(hands.take()).toBe(0);
});

test("an emptied text ends the typing", () => {
  const told: boolean[] = [];
  const hands = typist(
    (on) => told.push(on),
    () => 1_000_000,
  );
  hands.press(false);
  hands.press(true);
  expect(told).toEqual([true, false]);
});
