import { expect, test } from "vitest";
import type { Board, BoardAgent } from "$kit/routing-api.ts";
import type { Agent } from "$kit/wire.ts";
import { byDevice, mayTest, unreachedOf } from "./unreached";

const agent = (id: string, more: Partial<BoardAgent>): BoardAgent => ({
  agent: id,
  status: "accepting",
  present: true,
  lost: false,
  devices: 1,
  mobile: false,
  takes: true,
  load: 0,
  limit: 400,
  today: 0,
  reach: { state: "deaf", why: "", because: [] },
  expected: false,
  groups: [{ group: "g_1", class: "normal" }],
  chats: [],
  ...more,
});
const names = (agents: BoardAgent[], group = "") => unreachedOf({ now: 0, groups: [], agents } as Board, group).map((a) => a.agent);

test("who is on shift or expected and is not reached stands there, and nobody else", () => {
  const heard = { state: "heard" } as const;
  expect(
    names([
      agent("deaf", {}),
      agent("heard", { reach: heard }),
      agent("tested", { reach: { state: "unknown" } }),
      agent("away", { status: "away", expected: true }),
      agent("home", { status: "offline" }),
      agent("missing", { status: "offline", expected: true, reach: { state: "absent" } }),
    ]),
  ).toEqual(["deaf", "missing"]);
  expect(names([agent("deaf", {})], "g_2")).toEqual([]);
});

test("who oversees one of his groups may test somebody, and everybody himself", () => {
  const me = (more: Partial<Agent>) => ({ id: "a_me", role: "agent", groups: ["g_1"], ...more }) as Agent;
  expect(mayTest(me({}), agent("a_other", {}))).toBe(false);
  expect(mayTest(me({}), agent("a_me", {}))).toBe(true);
  expect(mayTest(me({ role: "supervisor" }), agent("a_other", { groups: [] }))).toBe(true);
  expect(mayTest(me({ classes: { g_1: "supervisor" } }), agent("a_other", {}))).toBe(true);
  expect(mayTest(me({ classes: { g_1: "supervisor" } }), agent("a_other", { groups: [{ group: "g_2", class: "normal" }] }))).toBe(false);
});

test("what hinders one device stands together, and what is about none stands for itself", () => {
  const on = (code: string, device: string) => ({ code, names: { agent: "Ben", device } });
  const unnamed = { code: "reach.push.off", names: { agent: "Ben" }, words: { device: "reach.device" } };
  const silence = { code: "reach.silence", names: { agent: "Ben" }, seconds: { time: 60 } };
  const [blocked, off, phone] = [on("reach.sound.blocked", "Chrome"), on("reach.push.off", "Chrome"), on("reach.push.later", "iPhone")];
  expect(byDevice([silence, blocked, phone, off, unnamed])).toEqual([
    { device: "", sentences: [silence] },
    { device: "Chrome", sentences: [blocked, off] },
    { device: "iPhone", sentences: [phone] },
    { device: null, sentences: [unnamed] },
  ]);
});
