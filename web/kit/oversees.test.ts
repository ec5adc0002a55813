import { expect, test } from "vitest";
import { oversees, overseesAny } from "./oversees.ts";

test("by role everywhere, by class in the group that one is in, and nowhere else", () => {
  const groups = ["g_1", "g_2"];
  const person = (role: "agent" | "supervisor", classes?: Record<string, "supervisor" | "first">) => ({ role, groups, classes });
  const of = (p: ReturnType<typeof person>) => [oversees(p, "g_1"), oversees(p, "g_2"), oversees(p, "g_3"), overseesAny(p)];
  expect(of(person("supervisor"))).toEqual([true, true, true, true]);
  expect(of(person("agent", { g_1: "supervisor", g_2: "first" }))).toEqual([true, false, false, true]);
  expect(of(person("agent", { g_3: "supervisor" }))).toEqual([false, false, false, false]); // a class without the membership is none
  expect(of(person("agent"))).toEqual([false, false, false, false]);
});
