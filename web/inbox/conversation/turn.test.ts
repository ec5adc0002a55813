import { expect, test } from "vitest";
import type { Event, Thread } from "$kit/wire.ts";
import { marksOf } from "./marks";
import { dueOf, wishOf } from "./turn";

const thread = (more: Partial<Thread>): Thread => ({
  id: "t_1",
  conversation: "c_1",
  number: 1,
  state: "active",
  group: "g_1",
  policy: "open",
  lead: "me",
  members: [],
  started_at: 1,
  version: 1,
  ...more,
});

const due = (agent: string, deadline: number, of = "t_1") =>
  ({ kind: "reply.due", thread: of, body: { agent, agent_name: "", deadline, why: "" } }) as unknown as Event;

test("a reply is due for who leads, was told, and has not replied", () => {
  const events = [due("me", 50), due("ben", 90), due("me", 70, "t_0")];
  expect(dueOf(thread({ warned_at: 10 }), events, "me")).toBe(50);
  expect(dueOf(thread({ warned_at: 10 }), [], "me")).toBe(10);
  expect(dueOf(thread({}), events, "me")).toBe(0);
  expect(dueOf(thread({ warned_at: 10, replied_at: 20 }), events, "me")).toBe(0);
  expect(dueOf(thread({ warned_at: 10, transfer: { seq: 3 } as NonNullable<Thread["transfer"]> }), events, "me")).toBe(0);
  expect(dueOf(thread({ warned_at: 10, lead: "ben" }), events, "me")).toBe(0);
  expect(dueOf(thread({ warned_at: 10, state: "queued" }), events, "me")).toBe(0);
});

test("who lost a conversation may ask for it, and who leads it may give it", () => {
  expect(wishOf(thread({ lead: "ben", taken_from: "me" }), "me")).toEqual({ ask: true, asked: false });
  expect(wishOf(thread({ lead: "ben", taken_from: "me", asked_by: "me" }), "me")).toEqual({ ask: true, asked: true });
  expect(wishOf(thread({ taken_from: "ben", asked_by: "ben" }), "me")).toEqual({ give: "ben" });
  expect(wishOf(thread({ taken_from: "ben" }), "me")).toBeNull();
  expect(wishOf(thread({ lead: "ben" }), "me")).toBeNull();
  expect(wishOf(thread({ state: "closed", lead: "ben", taken_from: "me" }), "me")).toBeNull();
});

test("the marks say what is special, the limit first", () => {
  expect(marksOf(thread({ over: true, idle: true, mode: "mail" }))).toEqual(["over", "mail", "idle"]);
  expect(marksOf(thread({ front: true }))).toEqual([]);
  expect(marksOf(thread({ state: "queued", front: true }))).toEqual(["front"]);
  expect(marksOf(thread({ state: "queued", front: true, held: { kind: "group", group: "g" } }))).toEqual([]);
  expect(marksOf(undefined)).toEqual([]);
});
