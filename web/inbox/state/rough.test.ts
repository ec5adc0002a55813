import { expect, test } from "vitest";
import { empty, reduce, unreadOf } from "$kit/reducer.ts";
import type { Row } from "$kit/wire.ts";
import { roughDepth, roughPage } from "./rough";

function row(n: number, head: number, unread?: number): Row {
  const id = `c_${n}`;
  const last = { seq: head, kind: "message" as const, by: "visitor" as const, text: "x", at: 1000 - n };
  const conversation = { id, kind: "customer" as const, head, vhead: head, seen_visitor: 0, seen_team: 0, last };
  const visitor = { id: "v_1", site: "s_1", name: "", since: 1, seen: 1, conversation: id };
  return { conversation, visitor, ...(unread === undefined ? {} : { read: 0, unread }) };
}

const rows = [0, 1, 2].map((n) => row(n, 5, 2));
const counts = { my: 0, queue: 0, all: 3 };
const loaded = reduce(empty(), { type: "page", list: "all", page: { rows, counts, next: "further" }, first: true });

test("only as many rows as needed are asked for again", () => {
  expect(roughDepth(rows, loaded.marks)).toBe(0);
  const rough = reduce(loaded, { type: "frame", frame: { type: "row", row: row(1, 9) } });
  expect(roughDepth(rows, rough.marks)).toBe(2);
  const many = Array.from({ length: 300 }, (_, n) => row(n, 5));
  const all = new Map(many.map((r) => [r.conversation.id, { read: 0, unread: 1, upto: 5, rough: true }]));
  expect(roughDepth(many, all)).toBe(roughPage);
});

test("rows loaded again make counts exact and leave the loaded part of the list as it is", () => {
  const rough = reduce(loaded, { type: "frame", frame: { type: "row", row: row(1, 9) } });
  expect(unreadOf(rough, "c_1").rough).toBe(true);
  const exact = reduce(rough, { type: "rows", page: { rows: [row(0, 5, 2), row(1, 9, 4)], counts } });
  expect(unreadOf(exact, "c_1")).toMatchObject({ unread: 4, rough: false });
  expect(exact.extents).toEqual(loaded.extents);
});

test("an answer from before the newest change leaves the count rough", () => {
  const rough = reduce(loaded, { type: "frame", frame: { type: "row", row: row(1, 9) } });
  const late = reduce(rough, { type: "rows", page: { rows: [row(1, 7, 3)], counts } });
  expect(unreadOf(late, "c_1").rough).toBe(true);
  expect(late.rows.get("c_1")?.conversation.head).toBe(9);
});
