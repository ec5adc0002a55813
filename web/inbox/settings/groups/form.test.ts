import { expect, test } from "vitest";
import type { ManagedGroup } from "$kit/rules.ts";
import { same } from "../draft.svelte";
import * as form from "./form";

const group: ManagedGroup = {
  id: "g_1",
  name: "Sales",
  policy: "open",
  rules: { line: "end_to_end", distribution: { method: "least_busy" } },
  members: [{ agent: "a_1" }, { agent: "a_2", class: "last" }],
  open: 3,
};
const before = form.formOf(group);
const timing = { offer: 20, reply: 90, max_wait: 600 };

test("a form that nobody touched has nothing to store", () => {
  expect(form.changeOf(before, form.formOf(group))).toBeNull();
  expect(form.changedParts(before, form.formOf(group)).size).toBe(0);
});

test("only what differs is stored, names without their spaces", () => {
  expect(form.changeOf(before, { ...before, name: " Sales EU ", names: { de: " Verkauf ", fr: " " } })).toEqual({
    name: "Sales EU",
    names: { de: "Verkauf" },
  });
  expect(form.changeOf(before, { ...before, members: [] })).toBeNull();
});

test("taking the hours away stores the rules as a whole without them", () => {
  const open = { ...before, rules: { ...before.rules, hours: { zone: "UTC", week: [] } } };
  expect(form.changeOf(open, before)).toEqual({ rules: before.rules });
  expect([...form.changedParts(open, before)]).toEqual(["hours"]);
});

test("hours without a shift are not the same as no hours", () => {
  const shut = { ...before, rules: { ...before.rules, hours: { zone: "UTC", week: [] } } };
  expect(form.changeOf(before, shut)).not.toBeNull();
});

test("each screen of a group knows what was changed on it", () => {
  const parts = (change: Partial<form.GroupForm>) => [...form.changedParts(before, { ...before, ...change })];
  expect(parts({ policy: "lead" })).toEqual(["about"]);
  expect(parts({ rules: { ...before.rules, line: "first_line" } })).toEqual(["about"]);
  expect(parts({ members: [{ agent: "a_1", class: "first" }] })).toEqual(["members"]);
  expect(parts({ rules: { ...before.rules, limit: 2 } })).toEqual(["distribution"]);
  expect(parts({ rules: form.agreed(before.rules, "most", true) })).toEqual(["agreement"]);
});

test("a group needs a name and whole hours", () => {
  expect([...form.partsWrong({ ...before, name: " " })]).toEqual(["about"]);
  expect([...form.partsWrong({ ...before, rules: { hours: { zone: "UTC", week: [{ day: "mon", from: "", to: "17:00" }] } } })]).toEqual([
    "hours",
  ]);
});

test("a sentence is agreed with a number, and taken back leaves nothing", () => {
  const some = form.agreed({}, "most", true);
  expect(some.share?.most).toBeGreaterThan(0);
  expect(form.agreed(some, "most", true, 5).share).toEqual({ most: 5 });
  expect(form.agreed(some, "oldest_first", true).share).toEqual({ ...some.share, oldest_first: true });
  expect(form.agreed(some, "most", false)).toEqual({});
});

test("what a way of sharing out feels like is told for both sides", () => {
  const keys = (rules: Parameters<typeof form.feelOf>[0]) => form.feelOf(rules, timing).map((f) => f.key);
  expect(keys({ distribution: { method: "pull", direct: true } })).toEqual(["feel.agent.pull", "feel.visitor.pull", "feel.visitor.mail"]);
  expect(keys({})).toContain("feel.agent.offered");
  expect(keys({ distribution: { method: "round_robin", direct: true, skill_wait: -1 } })).toEqual([
    "feel.agent.direct",
    "feel.visitor.direct",
    "feel.visitor.skills.always",
    "feel.visitor.mail",
  ]);
  expect(form.feelOf({}, timing)[0]?.seconds).toBe(20);
  expect(form.feelOf({ distribution: { direct: true } }, timing)[0]?.seconds).toBe(90);
});

test("values are the same where Go would leave the difference out", () => {
  expect(same({ a: 1, off: false, n: 0, list: [] }, { a: 1 })).toBe(true);
  expect(same({ a: 1, b: 2 }, { b: 2, a: 1 })).toBe(true);
  expect(same([{ a: 1 }], [{ a: 2 }])).toBe(false);
  expect(same(["a", "b"], ["b", "a"])).toBe(false);
});
