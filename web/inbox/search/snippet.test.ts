import { expect, test } from "vitest";
import { snippetParts } from "./snippet";

test("the words that were looked for are marked", () => {
  expect(snippetParts("my \u0002card\u0003 is lost")).toEqual([
    { text: "my ", hit: false },
    { text: "card", hit: true },
    { text: " is lost", hit: false },
  ]);
});

test("markup in a message stays text", () => {
  expect(snippetParts("<b>\u0002x\u0003</b>")).toEqual([
    { text: "<b>", hit: false },
    { text: "x", hit: true },
    { text: "</b>", hit: false },
  ]);
});

test("unbalanced marks lose no text and are never shown", () => {
  for (const broken of ["a\u0002b", "a\u0003b", "\u0002\u0002a\u0003b", "\u0003"]) {
    const parts = snippetParts(broken);
    expect(parts.map((part) => part.text).join("")).toBe(broken.replaceAll("\u0002", "").replaceAll("\u0003", ""));
    expect(parts.every((part) => part.text !== "")).toBe(true);
  }
});
