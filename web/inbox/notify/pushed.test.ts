// @vitest-environment jsdom
import { expect, test } from "vitest";
import { readPushed, shownOf } from "./pushed";

test("a push is told by its kind, with the colleague's name and how many there are", () => {
  expect(shownOf({ alert: "al_1", kind: "transfer", by: "Ben", conversation: "c_1", seq: 7 })).toEqual({
    title: "Ben passes a chat on to you",
    body: "Open Earshot to read it.",
    tag: "transfer:c_1",
    address: "/c/c_1?at=7",
  });
  expect(shownOf({ alert: "al_1", kind: "transfer", conversation: "c_1" }).title).toBe("A chat is passed on to you");
  expect(shownOf({ alert: "al_1", kind: "message", count: 3, conversation: "c_1" }).title).toBe("3 new messages from a visitor");
  expect(shownOf({ alert: "al_1", kind: "message", text: "Hello" }).body).toBe("Hello");
  expect(shownOf({ alert: "al_1", kind: "talk", by: "Ben", conversation: "c_2", seq: 4 }).address).toBe("/talks/c_2?at=4");
  expect(shownOf({ alert: "al_1", kind: "mention", by: "Ben", conversation: "c_2", seq: 4, talk: true }).address).toBe("/talks/c_2?at=4");
  expect(shownOf({ alert: "al_1", kind: "mention", by: "Ben", conversation: "c_2", seq: 4 }).address).toBe("/c/c_2?at=4");
});

test("what this version does not know is told in general words", () => {
  expect(shownOf({ alert: "al_1", kind: "newer" }).title).toBe("Something in Earshot needs you");
  for (const bad of ["", "nonsense", "null", "[]", "{}", '{"alert":1,"kind":"help"}']) expect(readPushed(bad)).toBeNull();
  expect(shownOf(null).address).toBe("/");
});
