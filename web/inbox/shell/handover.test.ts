import { expect, test } from "vitest";
import type { BoardAgent } from "$kit/routing-api.ts";
import { heirsOf, openOf } from "./handover";

test("the refusal names the chats that stand in the way", () => {
  expect(openOf({ open: ["c_1", "c_2"] })).toEqual(["c_1", "c_2"]);
  for (const other of [null, undefined, "open", { open: "c_1" }, { load: 400, limit: 400 }, { open: [1, null] }])
    expect(openOf(other)).toEqual([]);
});

test("chats go to who is here, the one with the most room first", () => {
  const agent = (id: string, more: Partial<BoardAgent>): BoardAgent => ({
    agent: id,
    status: "accepting",
    present: true,
    lost: false,
    devices: 1,
    mobile: false,
    takes: true,
    reach: { state: "heard", because: [] },
    expected: false,
    load: 0,
    limit: 400,
    today: 0,
    groups: [],
    chats: [],
    ...more,
  });
  const all = [
    agent("me", {}),
    agent("finishing", { status: "finishing", takes: false }),
    agent("busy", { load: 300 }),
    agent("free", { load: 25 }),
    agent("gone", { present: false }),
    agent("lost", { lost: true }),
    agent("offline", { status: "offline", takes: false }),
  ];
  expect(heirsOf(all, "me").map((a) => a.agent)).toEqual(["free", "busy", "finishing"]);
});
