import { expect, test } from "vitest";
import type { Event, Offer, Row, Thread } from "$kit/wire.ts";
import { endedOf, ringingFor, secondsLeft, whyOf } from "./offers";

function row(id: string, offers: Offer[], thread: Partial<Thread> = {}): Row {
  return {
    conversation: {
      id,
      kind: "customer",
      head: 3,
      vhead: 1,
      seen_visitor: 0,
      seen_team: 0,
      last: { seq: 1, kind: "message", by: "visitor", text: "hello", at: 1 },
    },
    thread: {
      id: `t_${id}`,
      conversation: id,
      number: 1,
      state: "queued",
      group: "g_1",
      policy: "open",
      members: [],
      started_at: 1,
      version: 1,
      offers,
      ...thread,
    },
    visitor: { id: "v_1", site: "s_1", name: "Zoë", since: 1, seen: 1, conversation: id },
  };
}

const second = 1_000_000;
const to = (agent: string, deadline: number): Offer => ({ agent, at: 0, deadline });

test("only what is offered to me and still open rings, the most urgent first", () => {
  const rows = [
    row("c_late", [to("me", 20 * second)]),
    row("c_other", [to("ben", 20 * second)]),
    row("c_over", [to("me", 5 * second)]),
    row("c_soon", [to("ben", 30 * second), to("me", 12 * second)]),
    row("c_taken", [to("me", 20 * second)], { state: "active", lead: "ben" }),
  ];
  expect(ringingFor(rows, "me", 5 * second).map((r) => r.conversation)).toEqual(["c_soon", "c_late"]);
});

test("how an offer ended is told from what became of the conversation", () => {
  const [offer] = ringingFor([row("c_1", [to("me", 20 * second)])], "me", second);
  if (offer === undefined) throw new Error("nothing rings");
  const ended = (after: Row | undefined, now: number) => endedOf(offer, after, "me", now);
  expect(ended(row("c_1", [], { state: "active", lead: "ben" }), 3 * second)).toEqual({ how: "taken", lead: "ben" });
  expect(ended(row("c_1", [], { state: "active", lead: "me" }), 3 * second)).toEqual({ how: "mine" });
  expect(ended(row("c_1", []), 20 * second)).toEqual({ how: "expired" });
  expect(ended(row("c_1", []), 3 * second)).toEqual({ how: "withdrawn" });
  expect(ended(row("c_1", [], { state: "closed" }), 20 * second)).toEqual({ how: "withdrawn" });
  expect(ended(row("c_1", [], { id: "t_next", state: "active", lead: "ben" }), 20 * second)).toEqual({ how: "withdrawn" });
  expect(ended(undefined, 20 * second)).toEqual({ how: "withdrawn" });
});

test("the newest offer to me says why", () => {
  const offer = (seq: number, agent: string, why: string) =>
    ({ seq, kind: "offer", body: { agent, agent_name: "", deadline: 1, why } }) as unknown as Event;
  const events = [offer(1, "me", "first"), offer(2, "me", "second"), offer(3, "ben", "third")];
  expect(whyOf(events, "me")?.body.why).toBe("second");
  expect(whyOf(events, "zoe")).toBeUndefined();
});

test("the countdown ends at nought and never before the time", () => {
  expect(secondsLeft(10 * second, 9.2 * second)).toBe(1);
  expect(secondsLeft(10 * second, 10 * second)).toBe(0);
  expect(secondsLeft(10 * second, 99 * second)).toBe(0);
});

const transfer = { seq: 4, by: "ann", to: { kind: "agent" as const, agent: "me", group: "g_1" }, at: 0, deadline: 30 * second };
const passed = (more: Partial<Thread> = {}) => row("c_pass", [to("me", 30 * second)], { state: "active", lead: "ann", transfer, ...more });

test("what a colleague passes on rings, though its lead has it still; other open chats do not", () => {
  const plain = row("c_led", [to("me", 30 * second)], { state: "active", lead: "ann" });
  expect(ringingFor([passed(), plain], "me", second).map((r) => r.conversation)).toEqual(["c_pass"]);
});

test("being asked to take over ends with me, with another, in time, or out of sight", () => {
  const [ringing] = ringingFor([passed()], "me", second);
  if (ringing === undefined) throw new Error("nothing rings");
  const led = (lead: string) => row("c_pass", [], { state: "active", lead });
  expect(endedOf(ringing, led("me"), "me", 2 * second)).toEqual({ how: "mine" });
  expect(endedOf(ringing, led("ben"), "me", 2 * second)).toEqual({ how: "taken", lead: "ben" });
  expect(endedOf(ringing, led("ann"), "me", 2 * second)).toEqual({ how: "withdrawn" });
  expect(endedOf(ringing, undefined, "me", 2 * second)).toEqual({ how: "withdrawn" });
  expect(endedOf(ringing, undefined, "me", 30 * second)).toEqual({ how: "expired" });
});
