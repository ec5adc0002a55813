import { expect, test } from "vitest";
import type { Event } from "$kit/wire.ts";
import { sentElsewhere } from "./elsewhere";

const said = (kind: "message" | "note", id: string, text: string) =>
  ({ id: "e", conversation: "c", seq: 9, kind, actor: { kind: "agent", id }, audience: "all", at: 1, body: { text } }) as Event;

test("a draft that another tab sent is known as sent", () => {
  expect(sentElsewhere([said("message", "me", "Hello")], { me: "me", voice: "reply", text: "Hello\n" })).toBe(true);
});

test("words of others, of the other voice, and other words leave the draft alone", () => {
  const lying = { me: "me", voice: "reply" as const, text: "Hello" };
  expect(sentElsewhere([said("message", "other", "Hello")], lying)).toBe(false);
  expect(sentElsewhere([said("note", "me", "Hello")], lying)).toBe(false);
  expect(sentElsewhere([said("message", "me", "Hello!")], lying)).toBe(false);
  expect(sentElsewhere([said("message", "me", "")], { ...lying, text: "" })).toBe(false);
});
