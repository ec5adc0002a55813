import { expect, test } from "vitest";
import type { Board, BoardAgent, BoardGroup } from "$kit/routing-api.ts";
import { agentsOf, chatsOf, devicesOf, floorOf, groupsOf, presenceOf } from "./board";

const agent = (id: string, more: Partial<BoardAgent> = {}): BoardAgent => ({
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
  groups: [{ group: "g_1" }],
  chats: [],
  ...more,
});

const group = (name: string, more: Partial<BoardGroup> = {}): BoardGroup => ({
  group: `g_${name}`,
  name,
  state: "online",
  why: "",
  waiting: 0,
  accepting: 1,
  free: 1,
  full: false,
  ...more,
});

const board = (agents: BoardAgent[], groups: BoardGroup[] = []): Board => ({ now: 0, groups, agents });

test("who is lost stands on top, who is off duty at the foot, the others by name", () => {
  const all = board([
    agent("a_zoe"),
    agent("a_off", { status: "offline", lost: true }),
    agent("a_ada"),
    agent("a_away", { status: "away" }),
    agent("a_lost", { status: "away", lost: true }),
  ]);
  expect(agentsOf(all, "", (id) => id).map((a) => a.agent)).toEqual(["a_lost", "a_ada", "a_zoe", "a_away", "a_off"]);
  expect(presenceOf(agent("x", { status: "offline", lost: true }))).toBe("offline");
});

test("one group's agents alone are shown when it is chosen", () => {
  const all = board([agent("a"), agent("b", { groups: [{ group: "g_2" }, { group: "g_3", class: "first" }] })]);
  expect(agentsOf(all, "g_3", (id) => id).map((a) => a.agent)).toEqual(["b"]);
});

test("the group whose visitor waits longest stands first", () => {
  const all = board(
    [],
    [
      group("Closed", { state: "offline" }),
      group("Calm"),
      group("Late", { waiting: 1, oldest_at: 50 }),
      group("Later", { waiting: 9, oldest_at: 20 }),
    ],
  );
  expect(groupsOf(all).map((g) => g.name)).toEqual(["Later", "Late", "Calm", "Closed"]);
});

test("the floor counts an agent of several groups once, and whole places alone", () => {
  const two = [{ group: "g_1" }, { group: "g_2" }];
  const all = board(
    [agent("a", { groups: two, load: 125 }), agent("b", { load: 450 }), agent("c", { takes: false, lost: true })],
    [group("One", { waiting: 2, oldest_at: 70 }), group("Two", { waiting: 1, oldest_at: 30 }), group("None")],
  );
  expect(floorOf(all)).toEqual({ waiting: 3, oldest: 30, accepting: 2, free: 2, lost: 1 });
  expect(floorOf(board([]))).toEqual({ waiting: 0, oldest: 0, accepting: 0, free: 0, lost: 0 });
});

test("visitors who wait for an answer stand before the others", () => {
  const chats = [
    { group: "g", since: 10 },
    { group: "g", since: 30, waiting_since: 35 },
    { group: "g", since: 20, waiting_since: 0 },
    { group: "g", since: 40, waiting_since: 32 },
  ];
  expect(chatsOf(agent("a", { chats })).map((c) => c.since)).toEqual([40, 30, 10, 20]);
});

test.each([
  [0, false, ""],
  [1, false, ""],
  [2, false, "many"],
  [1, true, "mobile"],
  [2, true, "mobile"],
] as const)("%i devices, mobile %o: what is said is %s", (devices, mobile, said) => {
  expect(devicesOf(agent("a", { devices, mobile }))).toBe(said);
});
