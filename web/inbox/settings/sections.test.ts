import { expect, test } from "vitest";
import type { Role } from "$kit/wire.ts";
import { settingsSections } from "../route";
import { sectionsOf } from "./sections";

test("owners and admins decide about all, who oversees a group about its playbook, who answers about replies, others about themselves", () => {
  const me = (role: Role, own?: "supervisor" | "first") => ({
    role,
    groups: ["g_1", "g_2"],
    ...(own && { classes: { g_2: own } }),
  });
  expect(sectionsOf(me("owner"))).toEqual(settingsSections);
  expect(sectionsOf(me("admin"))).toEqual(settingsSections);
  expect(sectionsOf(me("supervisor"))).toEqual(["account", "replies", "groups"]);
  expect(sectionsOf(me("agent", "supervisor"))).toEqual(["account", "replies", "groups"]);
  expect(sectionsOf(me("agent", "first"))).toEqual(["account", "replies"]);
  expect(sectionsOf(me("agent"))).toEqual(["account", "replies"]);
  expect(sectionsOf(me("colleague"))).toEqual(["account"]);
});
