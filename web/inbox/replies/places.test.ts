import { expect, test } from "vitest";
import type { SavedReply } from "$kit/replies-api.ts";
import type { Group, Role } from "$kit/wire.ts";
import { firstTab, inTab, placeOf, placesOf } from "./places";

const groups = [
  { id: "g_2", name: "Sales" },
  { id: "g_1", name: "Billing" },
  { id: "g_3", name: "Old", deleted: true },
] as Group[];
const me = (role: Role, mine: string[] = [], own?: string) => ({
  role,
  groups: mine,
  ...(own ? { classes: { [own]: "supervisor" as const } } : {}),
});
const told = (who: ReturnType<typeof me>) =>
  placesOf(who, groups, { own: "Me", team: "Team" }).map((p) => `${p.name}${p.writes ? "!" : ""}`);

test("everybody saves his own, whoever oversees a group its, owners and admins the team's; others suggest", () => {
  expect(told(me("agent", ["g_1"]))).toEqual(["Me!", "Billing", "Team"]);
  expect(told(me("agent", ["g_1", "g_2"], "g_1"))).toEqual(["Me!", "Billing!", "Sales", "Team"]);
  expect(told(me("supervisor"))).toEqual(["Me!", "Billing!", "Sales!", "Team"]);
  expect(told(me("admin"))).toEqual(["Me!", "Billing!", "Sales!", "Team!"]);
});

test("drafts stand apart", () => {
  const reply = (name: string, scope: SavedReply["scope"], draft = false) => ({ id: name, name, scope, draft, group: "g_1" }) as SavedReply;
  const all = [reply("b", "group"), reply("a", "group"), reply("d", "group", true), reply("t", "team"), reply("o", "own")];
  expect(
    (["own", "group", "team", "drafts"] as const).map((tab) =>
      inTab(all, tab)
        .map((one) => one.name)
        .join(""),
    ),
  ).toEqual(["o", "ab", "t", "d"]);
  expect(all.map(placeOf)).toEqual(["g_1", "g_1", "g_1", "team", "own"]);
});

test("the page begins where something stands", () => {
  const reply = (scope: SavedReply["scope"], draft = false) => ({ id: scope, name: scope, scope, draft }) as SavedReply;
  expect(firstTab([])).toBe("own");
  expect(firstTab([reply("team"), reply("own")])).toBe("own");
  expect(firstTab([reply("team"), reply("group")])).toBe("group");
  expect(firstTab([reply("group", true), reply("team")])).toBe("team");
  expect(firstTab([reply("group", true)])).toBe("drafts");
});
