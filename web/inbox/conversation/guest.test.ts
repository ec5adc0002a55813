import { expect, test } from "vitest";
import type { Agent, Policy, Thread } from "$kit/wire.ts";
import { admitted, asGuest, mayGrant, readsOnly, strangersIn } from "./guest";

const agent = (id: string, role: Agent["role"] = "agent", ...groups: string[]): Agent => ({
  id,
  name: id,
  email: "",
  role,
  status: "accepting",
  limit: 4,
  groups,
});
const thread = (policy: Policy, lead?: string): Thread => ({
  id: "t_1",
  conversation: "c_1",
  number: 1,
  state: "active",
  group: "g_1",
  policy,
  members: ["a_member"],
  guests: ["a_guest", "a_lead"],
  started_at: 1,
  version: 1,
  ...(lead === undefined ? {} : { lead }),
});

test.each<[string, Thread, Agent, boolean, boolean]>([
  ["a guest", thread("lead", "a_lead"), agent("a_guest"), true, true],
  ["a guest of the group", thread("group", "a_lead"), agent("a_guest", "agent", "g_1"), true, false],
  ["a guest who leads it now", thread("lead", "a_lead"), agent("a_lead"), true, false],
  ["a guest of what is open", thread("open", "a_lead"), agent("a_guest"), true, false],
  ["a member", thread("lead", "a_lead"), agent("a_member"), true, false],
  ["a colleague of a led one", thread("lead", "a_lead"), agent("a_x", "agent", "g_1"), false, false],
  ["a colleague of one that waits", thread("lead"), agent("a_x", "agent", "g_1"), true, false],
  ["who oversees", thread("lead", "a_lead"), agent("a_x", "supervisor"), true, false],
  ["another department's, of what is open", thread("open", "a_lead"), agent("a_x", "colleague"), false, false],
  ["another department's who was let in", thread("open", "a_lead"), agent("a_guest", "colleague"), true, true],
  ["a stranger", thread("group", "a_lead"), agent("a_x", "agent", "g_2"), false, false],
])("%s", (_, t, a, sees, guest) => {
  expect(admitted(t, a)).toBe(sees);
  expect(asGuest(t, a)).toBe(guest);
  expect(readsOnly(t, a)).toBe(guest || !sees); // whoever has it before him and is not admitted is asked to take it over
});

test("its lead and who oversees let others in", () => {
  expect(mayGrant(thread("lead", "a_lead"), agent("a_lead"))).toBe(true);
  expect(mayGrant(thread("lead", "a_lead"), agent("a_x", "admin"))).toBe(true);
  expect(mayGrant(thread("lead", "a_lead"), agent("a_member"))).toBe(false);
  expect(mayGrant(undefined, agent("a_x", "owner"))).toBe(false);
});

test("what the server names is read, and nothing else", () => {
  expect(strangersIn({ agents: ["a_1", 2] })).toEqual(["a_1"]);
  for (const odd of [null, undefined, 3, {}, { agents: "a_1" }, { replies: [] }]) expect(strangersIn(odd)).toEqual([]);
});
