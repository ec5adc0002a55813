import { expect, test } from "vitest";
import type { SavedReply } from "$kit/replies-api.ts";
import { begun, found, put } from "./find";

function reply(name: string, more: Partial<SavedReply> = {}): SavedReply {
  return {
    id: name,
    scope: "team",
    by: "a_1",
    name,
    text: "",
    created: 0,
    changed: 0,
    changed_by: "a_1",
    version: 1,
    rank: 0,
    usable: true,
    writable: false,
    discardable: false,
    ...more,
  };
}

const names = (all: SavedReply[]) => all.map((r) => r.name).join(" ");

test("a slash at the beginning or after a blank begins a search", () => {
  expect(begun("/", 1)).toEqual({ at: 0, words: "" });
  expect(begun("Hi /ref po", 10)).toEqual({ at: 3, words: "ref po" });
  expect(begun("a\n/x", 4)).toEqual({ at: 2, words: "x" });
  expect(begun("Hi /ref po", 6)).toEqual({ at: 3, words: "re" });
});

test("another slash begins none", () => {
  for (const text of ["and/or", "https://x.example/a", "/etc/passwd", "/ x", "/a\nb", "x", "", `/${"y".repeat(41)}`])
    expect(begun(text, text.length), text).toBeNull();
  expect(begun("/ref", 0)).toBeNull();
});

test("words in the name come before words in the text, and each must be there", () => {
  const all = [
    reply("shipping", { text: "Your refund is on its way", rank: 900 }),
    reply("refund policy", { rank: 1 }),
    reply("refund", { rank: 0 }),
    reply("Rückgabe", { text: "refund" }),
  ];
  expect(names(found(all, "refund"))).toBe("refund refund policy shipping Rückgabe");
  expect(names(found(all, "REF way"))).toBe("shipping");
  expect(names(found(all, "ruck"))).toBe("Rückgabe");
  expect(names(found(all, "fund"))).toBe("");
});

test("without words the most used come first, and no draft ever", () => {
  const all = [reply("b", { rank: 5 }), reply("c", { rank: 9 }), reply("a"), reply("draft", { usable: false, draft: true, rank: 99 })];
  expect(names(found(all, ""))).toBe("c b a");
});

test("the visitor's language comes first, and a reply without one fits", () => {
  const all = [reply("en", { language: "en-GB", rank: 9 }), reply("any", { rank: 1 }), reply("de", { language: "de" })];
  expect(names(found(all, "", "de-AT"))).toBe("any de en");
  expect(names(found(all, ""))).toBe("en any de");
});

test("no more are listed than one can look over", () => {
  expect(
    found(
      Array.from({ length: 30 }, (_, i) => reply(`r${i}`)),
      "r",
    ),
  ).toHaveLength(8);
});

test("a reply takes the place of the search", () => {
  expect(put("Hi /ref you", { at: 3, words: "ref" }, "R")).toEqual({ text: "Hi R you", from: 3, to: 4 });
  expect(put("Hi there", { at: 3, words: "ref" }, "R")).toEqual({ text: "Hi thereR", from: 8, to: 9 });
});
