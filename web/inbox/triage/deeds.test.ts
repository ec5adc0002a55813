import { expect, test } from "vitest";
import type { Pressed, Where } from "../shell/keys";
import { deedOf } from "./deeds";

const press = (key: string, more: Partial<Pressed> = {}): Pressed => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  isComposing: false,
  repeat: false,
  ...more,
});
const at = (key: string, where: Where = "page", chosen = false) => deedOf(press(key), where, chosen);

test("one key answers, puts off or brings back; a digit chooses", () => {
  expect(at("a")).toEqual({ do: "answer" });
  expect(at("j", "control")).toEqual({ do: "skip" });
  expect(at("k")).toEqual({ do: "back" });
  expect(at("1")).toEqual({ do: "choose", n: 1 });
  expect(at("9", "control", true)).toEqual({ do: "choose", n: 9 });
  expect(at("0")).toBeNull();
  expect(at("q")).toBeNull();
});

test("Enter sends to whom was chosen, and presses the button that has the focus", () => {
  expect(at("Enter")).toBeNull();
  expect(at("Enter", "page", true)).toEqual({ do: "confirm" });
  expect(at("Enter", "control", true)).toBeNull();
  expect(at("Enter", "field", true)).toBeNull();
});

test("Escape chooses nobody, and is the inbox's where nobody is chosen", () => {
  expect(at("Escape", "field", true)).toEqual({ do: "unchoose" });
  expect(at("Escape")).toBeNull();
});

test("who types, holds another key down or is asked by a dialog presses none of them", () => {
  expect(at("a", "field", true)).toBeNull();
  expect(at("1", "dialog", true)).toBeNull();
  expect(at("Escape", "dialog", true)).toBeNull();
  for (const more of [{ ctrlKey: true }, { metaKey: true }, { altKey: true }, { repeat: true }, { isComposing: true }])
    expect(deedOf(press("a", more), "page", false)).toBeNull();
});
