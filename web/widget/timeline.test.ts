import { expect, test } from "vitest";
import { translator } from "$kit/i18n.ts";
import { clock } from "$kit/time.ts";
import type { Event } from "$kit/wire.ts";
import en from "./messages/en.json";
import { itemsOf } from "./timeline.ts";
import { typingSignal } from "./typing.ts";
import type { Words } from "./words.ts";

const { t } = translator<typeof en>("en", en, en);
const time = clock("en", () => Date.parse("2026-03-05T12:00:00Z"), "UTC");
const noon = Date.parse("2026-03-05T12:00:00Z") * 1000;

function event(seq: number, kind: string, by: string, minutes: number, body: object = { text: `m${seq}` }): Event {
  const actor = by === "v" ? { kind: "visitor", id: "v" } : { kind: "agent", id: by, name: by };
  return { id: `e${seq}`, conversation: "c", seq, kind, actor, audience: "all", at: noon + minutes * 60_000_000, body } as unknown as Event;
}

test("timeline: messages of one person close together are one group; a line, another person or a pause begins a new one", () => {
  const events = [
    event(1, "message", "v", 0),
    event(2, "message", "v", 1),
    event(3, "assign", "Mia", 2, { lead: "a", lead_name: "Mia" }),
    event(4, "message", "Mia", 2),
    event(5, "message", "Ben", 3),
    event(6, "message", "Ben", 20),
  ];
  const items = itemsOf(events, [], time, t);
  const shape = items.map((i) => (i.kind === "group" ? i.messages.map((m) => m.seq).join() : i.kind));
  expect(shape).toEqual(["day", "1,2", "line", "4", "5", "6"]);
});

test("timeline: what is no news for a visitor leaves no trace", () => {
  const events = [
    event(1, "seen", "Mia", 0, { side: "team", upto: 1 }),
    event(2, "edit", "Mia", 0, { vtarget: 1, text: "x" }),
    event(3, "future.kind", "Mia", 0),
  ];
  expect(itemsOf(events, [], time, t)).toEqual([]);
});

test("timeline: each end of a chat says who ended it", () => {
  const text = (reason: string, by: string) => {
    const item = itemsOf([event(1, "thread.closed", by, 0, { reason })], [], time, t).at(-1);
    return item?.kind === "line" ? item.text : "";
  };
  expect([text("resolved", "Mia"), text("ended", "v"), text("abandoned", "")]).toEqual([
    "Mia ended the chat. Write to begin again.",
    "You ended the chat.",
    "You were away. Write to go on.",
  ]);
});

test("timeline: a visitor reads where he is connected to, and nothing of why", () => {
  const text = (kind: string, body: object) => {
    const item = itemsOf([event(1, kind, "", 0, body)], [], time, t).at(-1);
    return item?.kind === "line" ? item.text : "";
  };
  expect(text("thread.requeued", {})).toBe("Connecting you to a colleague");
  expect(text("thread.moved", { public_name: "Billing" })).toBe("Connecting you to Billing");
  expect(text("thread.moved", {})).toBe("Connecting you to a colleague"); // The group is private.
  expect(text("mail.offered", { cause: "max_wait" })).toBe("");
  expect(text("mail.answered", { accepted: true })).toBe(""); // It is said below, as long as it holds.
});

test("timeline: what is loaded later has the first word, and what it does not know stays as it was", () => {
  const events = [
    event(1, "transfer", "Mia", 0, { by_name: "Mia" }),
    event(2, "assign", "Ben", 1, { lead_name: "Ben" }),
    event(3, "join", "Cleo", 2, { agent_name: "Cleo" }),
  ];
  const lines = (passed?: Words["passed"]) => itemsOf(events, [], time, t, passed).flatMap((i) => (i.kind === "line" ? [i.text] : []));
  expect(lines()).toEqual(["Ben is answering you", "Cleo joined"]);
  expect(lines((e, all) => (e.kind === "join" ? undefined : `${e.seq} of ${all.length}`))).toEqual(["1 of 3", "2 of 3", "Cleo joined"]);
});

test("timeline: every item has a name of its own", () => {
  const events = Array.from({ length: 40 }, (_, i) =>
    event(
      i + 1,
      i % 3 === 0 ? "assign" : "message",
      i % 2 === 0 ? "v" : "Mia",
      i * 100,
      i % 3 === 0 ? { lead_name: "Mia" } : { text: "x" },
    ),
  );
  const ids = itemsOf(events, [], time, t).map((i) => i.id);
  expect(new Set(ids).size).toBe(ids.length);
});

test("typing: told at once, again every 5 s while it goes on, and once when it stops", () => {
  let now = 0;
  const told: [number, boolean][] = [];
  const typing = typingSignal(
    (on) => told.push([now, on]),
    () => now,
  );
  typing.stop();
  for (now = 1; now < 12_000; now += 1000) typing.touch(true);
  typing.touch(false);
  typing.stop();
  expect(told).toEqual([
    [1, true],
    [5001, true],
    [10_001, true],
    [12_001, false],
  ]);
});
