import { expect, test } from "vitest";
import type { Actor, Event, EventOfKind } from "$kit/wire.ts";
import { moveText } from "./moves";
import { seenMark, timeline, unreadCount } from "./timeline";

const visitor: Actor = { kind: "visitor", id: "v_1", name: "Zoë" };
const me: Actor = { kind: "agent", id: "a_me", name: "Ada" };
const other: Actor = { kind: "agent", id: "a_other", name: "Bilal" };
const minute = 60_000_000;
const noon = 1_767_268_800_000_000; // 1 January 2026, 12:00 UTC

let seq = 0;
function event(kind: "message" | "note", actor: Actor, at: number, text = "x"): Event {
  seq++;
  const audience = kind === "note" ? "agents" : "all";
  return {
    id: `e_${seq}`,
    conversation: "c_1",
    thread: "t_1",
    seq,
    vseq: kind === "note" ? 0 : seq,
    kind,
    actor,
    audience,
    at,
    body: { text },
  };
}

function lay(events: Event[], unreadAfter: number | null = null, offset = 0) {
  return timeline(events, { me: me.id ?? "", unreadAfter, offset: () => offset });
}

function fresh<T>(make: () => T): T {
  seq = 0;
  return make();
}

test("words of one person within one minute stand together, and a new minute, person or voice begins anew", () => {
  const events = fresh(() => [
    event("message", visitor, noon),
    event("message", visitor, noon + 59_000_000),
    event("message", visitor, noon + minute),
    event("message", me, noon + minute),
    event("note", me, noon + minute),
    event("message", me, noon + minute),
  ]);
  const said = lay(events).filter((item) => item.type === "said");
  expect(said.map((item) => item.lines.map((line) => line.seq))).toEqual([[1, 2], [3], [4], [5], [6]]);
  expect(said.map((item) => item.voice)).toEqual(["reply", "reply", "reply", "note", "reply"]);
});

test("a move between the words of one person parts them", () => {
  const events = fresh(() => [event("message", visitor, noon)]);
  const join: Event = {
    ...(events[0] as Event),
    seq: 2,
    kind: "join",
    actor: other,
    body: {
      agent: "a_other",
      agent_name: "Bilal",
      access: { before: { group: "g", policy: "open" }, after: { group: "g", policy: "open" } },
    },
  } as Event;
  seq = 2;
  expect(lay([...events, join, event("message", visitor, noon)]).map((item) => item.type)).toEqual(["day", "said", "move", "said"]);
});

test("a day line stands where the reader's own midnight is", () => {
  const before = noon + 11 * 60 * minute; // 23:00 UTC
  const events = fresh(() => [event("message", visitor, before), event("message", visitor, before + 90 * minute)]);
  expect(lay(events).filter((item) => item.type === "day")).toHaveLength(2);
  expect(lay(events, null, 120).filter((item) => item.type === "day")).toHaveLength(1);
});

test("the unread divider stands before the first unread words of others, and never before own ones", () => {
  const events = fresh(() => [
    event("message", visitor, noon),
    event("message", me, noon + minute),
    event("message", visitor, noon + 2 * minute),
  ]);
  expect(lay(events, 1).map((item) => item.type)).toEqual(["day", "said", "said", "unread", "said"]);
  expect(lay(events, 3).some((item) => item.type === "unread")).toBe(false);
  expect(lay(events, null).some((item) => item.type === "unread")).toBe(false);
});

test("the divider parts words of one person that would stand together", () => {
  const events = fresh(() => [event("message", visitor, noon), event("message", visitor, noon)]);
  expect(lay(events, 1).map((item) => item.type)).toEqual(["day", "said", "unread", "said"]);
});

test("unread counts messages and notes of others alone", () => {
  const events = fresh(() => [event("message", visitor, noon), event("note", other, noon), event("message", me, noon)]);
  expect(unreadCount(events, "a_me", 0)).toBe(2);
  expect(unreadCount(events, "a_me", 1)).toBe(1);
  expect(unreadCount(events, "a_me", 3)).toBe(0);
});

test("the visitor's seen mark stands at the last words of the team that he has read", () => {
  const events = fresh(() => [
    event("message", me, noon),
    event("note", me, noon),
    event("message", other, noon),
    event("message", visitor, noon),
  ]);
  expect(seenMark(events, 0)).toBe(0);
  expect(seenMark(events, 1)).toBe(1);
  expect(seenMark(events, 4)).toBe(3);
});

test("an unknown kind of event is passed over", () => {
  const events = fresh(() => [event("message", visitor, noon)]);
  const strange = { ...(events[0] as Event), seq: 2, kind: "from.the.future" } as unknown as Event;
  expect(lay([...events, strange]).map((item) => item.type)).toEqual(["day", "said"]);
});

test("a conversation that goes back to the queue says who put it there, in the reader's own words", () => {
  const access = { before: { group: "g", policy: "open" as const }, after: { group: "g", policy: "open" as const } };
  const requeued = (cause: string) =>
    ({
      id: "e_1",
      conversation: "c_1",
      thread: "t_1",
      seq: 1,
      vseq: 1,
      kind: "thread.requeued",
      actor: { kind: "system" },
      audience: "all",
      at: 1,
      body: { queued_at: 1, by: "a_1", by_name: "Ada", why: "Ada put it back.", cause, previous: "a_2", access },
    }) as EventOfKind<"thread.requeued">;
  const names = {
    nobody: "?",
    agent: (id: string) => (id === "a_2" ? "Bilal" : ""),
    group: () => "",
    anyone: String,
    when: String,
    reason: (_: string, code: string) => code,
  };
  expect(timeline([requeued("agent")], { me: "a_1", unreadAfter: null, offset: () => 0 }).map((i) => i.type)).toEqual(["day", "move"]);
  expect(moveText(requeued("agent"), names)).toEqual({ key: "move.requeued.agent", params: { name: "Ada" }, why: "" });
  expect(moveText(requeued("disabled"), names)).toEqual({ key: "move.requeued.disabled", params: { name: "Bilal" }, why: "" });
  expect(moveText(requeued("missed"), names)).toEqual({ key: "move.requeued", params: {}, why: "Ada put it back." });
});

test("the unread divider goes when one has answered, and not for a note", () => {
  const words = fresh(() => [event("message", visitor, noon), event("message", visitor, noon + minute)]);
  expect(lay([...words, event("note", me, noon + 2 * minute)], 1).some((item) => item.type === "unread")).toBe(true);
  expect(lay([...words, event("message", me, noon + 2 * minute)], 1).some((item) => item.type === "unread")).toBe(false);
});

test("a window shows its lines and no divider that stands above it", () => {
  const events = fresh(() => [1, 2, 3, 4].map((n) => event("message", visitor, noon + n * minute)));
  const shown = (from: number, to: number) =>
    timeline(events, { me: "a_me", unreadAfter: 1, offset: () => 0, span: { from, to } }).map((i) => i.key);
  expect(shown(1, 2)).toEqual([expect.stringMatching(/^day-/), "said-1", "unread", "said-2"]);
  expect(shown(3, Number.POSITIVE_INFINITY)).toEqual([expect.stringMatching(/^day-/), "said-3", "said-4"]);
});
