import { expect, test } from "vitest";
import { type Pressed, actionOf, keyText, keys } from "./keys";

const press = (key: string, more: Partial<Pressed> = {}): Pressed => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  isComposing: false,
  repeat: false,
  ...more,
});

test("no two actions share a key", () => {
  const names = keys.map((k) => `${k.command ?? false} ${k.key}`);
  expect(new Set(names).size).toBe(names.length);
});

test("letters act on the page and are text in a field or dialog", () => {
  expect(actionOf(press("j"), "page")).toBe("next");
  expect(actionOf(press("j"), "control")).toBe("next");
  expect(actionOf(press("j"), "field")).toBeNull();
  expect(actionOf(press("j"), "dialog")).toBeNull();
});

test("the command bar opens from a field too, with either modifier", () => {
  expect(actionOf(press("k", { ctrlKey: true }), "field")).toBe("command");
  expect(actionOf(press("K", { metaKey: true }), "page")).toBe("command");
  expect(actionOf(press("k"), "page")).toBe("previous");
});

test("other shortcuts of the browser are left alone", () => {
  for (const key of ["a", "e", "r", "n", "q", "l"]) expect(actionOf(press(key, { ctrlKey: true }), "page")).toBeNull();
  expect(actionOf(press("e", { altKey: true }), "page")).toBeNull();
});

test("Enter stays with the button or link that has the focus", () => {
  expect(actionOf(press("Enter"), "control")).toBeNull();
  expect(actionOf(press("Enter"), "page")).toBe("open");
});

test("a key held down moves on and does nothing else twice", () => {
  expect(actionOf(press("j", { repeat: true }), "page")).toBe("next");
  expect(actionOf(press("q", { repeat: true }), "page")).toBeNull();
  expect(actionOf(press("e", { repeat: true }), "page")).toBeNull();
});

test("keys of an input method are the input method's", () => {
  expect(actionOf(press("n", { isComposing: true }), "page")).toBeNull();
});

test("keys are written as people know them", () => {
  expect(keyText("command", false)).toBe("Ctrl K");
  expect(keyText("command", true)).toBe("⌘K");
  expect(keyText("take-next", false)).toBe("Q");
  expect(keyText("back", false)).toBe("Esc");
});
