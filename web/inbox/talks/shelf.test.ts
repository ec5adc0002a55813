import { expect, test } from "vitest";
import type { TalkRow } from "$kit/channels.ts";
import { orderOf, shelve, waitsOf } from "./shelf.ts";

function row(
  id: string,
  more: { kind?: "channel" | "direct"; policy?: "everyone" | "crew" | "named"; archived?: number; at?: number } & Partial<TalkRow> = {},
): TalkRow {
  const { kind = "channel", policy = "everyone", archived, at = 1, ...rest } = more;
  return {
    conversation: { id, kind, head: 1, last: { seq: 1, kind: "message", by: "agent", text: "", at } },
    talk: { name: id, policy, members: [], at: 1, version: 1, ...(archived === undefined ? {} : { archived }) },
    size: 2,
    read: 0,
    unread: 0,
    calls: 0,
    level: kind === "direct" ? "all" : "mentions",
    ...rest,
  };
}
const ids = (rows: readonly TalkRow[]) => rows.map((r) => r.conversation.id);
const named = (r: TalkRow) => r.talk.name ?? "";

test("each section has its own order, and what is archived stands apart", () => {
  const rows = [
    row("zoo"),
    row("Ärzte"),
    row("old", { archived: 3 }),
    row("team", { policy: "crew" }),
    row("ann", { kind: "direct", policy: "named", at: 5 }),
    row("ben", { kind: "direct", policy: "named", at: 9 }),
  ];
  const shelf = shelve(rows, named);
  expect([ids(shelf.groups), ids(shelf.channels), ids(shelf.direct), ids(shelf.archived)]).toEqual([
    ["team"],
    ["Ärzte", "zoo"],
    ["ben", "ann"],
    ["old"],
  ]);
  expect(ids(orderOf(shelf, false))).toEqual(["team", "Ärzte", "zoo", "ben", "ann"]);
  expect(ids(orderOf(shelve(rows, named, "arz"), true))).toEqual(["Ärzte"]);
});

test("what calls, and what is wanted whole, is counted; the rest is a dot; what is muted waits for nobody", () => {
  const now = 100;
  expect(waitsOf([row("a", { unread: 5, calls: 2 }), row("b", { kind: "direct", unread: 3 })], now)).toEqual({ calls: 5, more: true });
  expect(waitsOf([row("a", { unread: 5 })], now)).toEqual({ calls: 0, more: true });
  expect(waitsOf([row("a", { kind: "direct", unread: 5 })], now)).toEqual({ calls: 5, more: false });
  for (const quiet of [
    row("a", { unread: 5, calls: 1, level: "none" }),
    row("a", { unread: 5, calls: 1, muted_until: 101 }),
    row("a", { unread: 5, calls: 5, archived: 1 }),
  ])
    expect(waitsOf([quiet], now)).toEqual({ calls: 0, more: false });
  expect(waitsOf([row("a", { unread: 5, calls: 1, muted_until: 99 })], now).calls).toBe(1);
});
