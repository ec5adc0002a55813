// @vitest-environment jsdom
import { expect, test } from "vitest";
import { onSafari, readPushed, shownOf } from "./pushed";

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

test("a silent test stands in one place and asks for nothing", () => {
  const check = (alert: string) => shownOf({ alert, kind: "check", by: "Sue" });
  expect(check("al_1")).toEqual({
    title: "Alerts reach this device",
    body: "A silent test. There is nothing to do.",
    tag: "check",
    address: "/",
  });
  expect(check("al_2").tag).toBe("check");
});

test("only Apple's browser is taken for one that wants every push shown", () => {
  const mac = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15";
  const chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36";
  const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0";
  expect([mac, chrome, firefox].map(onSafari)).toEqual([true, false, false]);
});

test("who is called for a colleague reads whose it is", () => {
  const title = (kind: string, name?: string) =>
    shownOf({ alert: "al_1", kind, step: "lead", conversation: "c_1", ...(name === undefined ? {} : { for: name }) }).title;
  expect(title("assigned", "Ben")).toBe("Ben has not noticed a chat");
  expect(title("queue")).toBe("A visitor still waits, and nobody has come");
  expect(title("newer")).toBe("Something in Earshot needs you");
});

test("what this version does not know is told in general words", () => {
  expect(shownOf({ alert: "al_1", kind: "newer" }).title).toBe("Something in Earshot needs you");
  for (const bad of ["", "nonsense", "null", "[]", "{}", '{"alert":1,"kind":"help"}']) expect(readPushed(bad)).toBeNull();
  expect(shownOf(null).address).toBe("/");
});
