import { expect, test } from "vitest";
import type { Agent, Etiquette, Group, Row } from "$kit/wire.ts";
import { mayTakeHelp, rightsOf } from "./rights";

const agent = (part: Partial<Agent>): Agent => ({
  id: "a_me",
  name: "Mia",
  email: "",
  role: "agent",
  status: "accepting",
  limit: 4,
  groups: [],
  ...part,
});
const row = { thread: { state: "active", group: "g_1", policy: "open", lead: "a_lead", members: [] } } as unknown as Row;
const groups = (etiquette: Etiquette) => new Map([["g_1", { id: "g_1", name: "One", policy: "open", etiquette } as Group]]);
const outsider = agent({});
const member = agent({ groups: ["g_1"] });
const classed = agent({ groups: ["g_1"], classes: { g_1: "supervisor" } });
const supervisor = agent({ role: "supervisor" });

test.each([
  [{}, [true, true, true, true]],
  [{ watch: "group" }, [false, true, true, true]],
  [{ watch: "supervisors" }, [false, false, true, true]],
  [{ watch: "nobody" }, [false, false, false, false]],
] as [Etiquette, boolean[]][])("who may watch under %j", (etiquette, want) => {
  const got = [outsider, member, classed, supervisor].map((me) => rightsOf(row, me, groups(etiquette), false).watch);
  expect(got).toEqual(want);
});

test("who was asked may watch whatever the group has agreed", () => {
  expect(rightsOf(row, outsider, groups({ watch: "nobody" }), true).watch).toBe(true);
});

test("a guest, and who is asked to take over, watches where he is asked to and takes nothing over", () => {
  for (const part of [{ guests: ["a_me"] }, { transfer: { seq: 1 } }]) {
    const one = { thread: { ...row.thread, policy: "lead", ...part } } as unknown as Row;
    const got = [false, true].map((invited) => rightsOf(one, outsider, groups({ take_over: true }), invited));
    expect(got).toEqual([
      { watch: false, takeOver: false },
      { watch: true, takeOver: false },
    ]);
  }
});

test("supervisors take over, members where the group has agreed, and nobody from himself", () => {
  const over = (me: Agent, etiquette: Etiquette) => rightsOf(row, me, groups(etiquette), false).takeOver;
  expect([outsider, member, classed, supervisor].map((me) => over(me, {}))).toEqual([false, false, true, true]);
  expect([outsider, member].map((me) => over(me, { take_over: true }))).toEqual([false, true]);
  expect(over(agent({ id: "a_lead", role: "admin" }), {})).toBe(false);
});

test("nobody watches what waits, what is closed, or what he is in", () => {
  for (const thread of [{ state: "queued" }, { state: "closed" }, { state: "active", lead: "a_me" }]) {
    const one = { thread: { group: "g_1", members: [], ...thread } } as unknown as Row;
    expect(rightsOf(one, supervisor, groups({}), false).watch).toBe(false);
  }
});

test("a free flag is for who may come, and not for who needs help", () => {
  const flagged = (part: object) =>
    ({ thread: { ...row.thread, help: { since: 1, cause: "asked", by: "a_lead" }, ...part } }) as unknown as Row;
  const may = (one: Row, me: Agent, invited = false) => mayTakeHelp(one, me, groups({ watch: "nobody" }), invited);
  expect([outsider, member, supervisor, agent({ id: "a_lead" })].map((me) => may(flagged({}), me))).toEqual([true, true, true, false]);
  expect(may(flagged({ members: ["a_me"] }), outsider)).toBe(true);
  expect(may(flagged({ help: { since: 1, cause: "asked", by: "a_me" }, members: ["a_me"] }), outsider)).toBe(false);
  expect(may(flagged({ help: { since: 1, cause: "word", taken_by: "a_dan" } }), supervisor)).toBe(false);
  expect(may(flagged({ state: "queued", lead: undefined }), supervisor)).toBe(false);
  const guest = flagged({ policy: "lead", guests: ["a_me"] });
  expect([may(guest, outsider), may(guest, outsider, true)]).toEqual([false, true]);
});
