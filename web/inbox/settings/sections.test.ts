import { expect, test } from "vitest";
import type { Role } from "$kit/wire.ts";
import { settingsSections } from "../route";
import { sectionsOf } from "./sections";

test("owners and admins decide about all, who oversees a group about its playbook, others about themselves", () => {
  const me = (role: Role, own?: "supervisor" | "first") => ({
    role,
    groups: ["g_1", "g_2"],
    ...(own && { classes: { g_2: own } }),
  });
  expect(sectionsOf(me("owner"))).toEqual(settingsSections);
  expect(sectionsOf(me("admin"))).toEqual(settingsSections);
  expect(sectionsOf(me("supervisor"))).toEqual(["account", "groups"]);
  expect(sectionsOf(me("agent", "supervisor"))).toEqual(["account", "groups"]);
  expect(sectionsOf(me("agent", "first"))).toEqual(["account"]);
  expect(sectionsOf(me("agent"))).toEqual(["account"]);
  expect(sectionsOf(me("colleague"))).toEqual(["account"]);
});
