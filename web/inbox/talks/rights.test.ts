import { expect, test } from "vitest";
import type { TalkRow, TalkState } from "$kit/channels.ts";
import type { Agent, Role } from "$kit/wire.ts";
import { calledNow } from "./calls.ts";
import { admitsTo, peopleOf, runsTalk, sizeOf } from "./rights.ts";

const agent = (id: string, role: Role = "agent", more: Partial<Agent> = {}): Agent => ({
  id,
  name: id,
  email: "",
  role,
  status: "away",
  limit: 4,
  groups: [],
  ...more,
});
const row = (talk: Partial<TalkState>, kind: "channel" | "direct" = "channel"): TalkRow => ({
  conversation: { id: "c_1", kind, head: 1, last: { seq: 0, kind: "", by: "", text: "", at: 0 } },
  talk: { policy: "everyone", members: ["maker", "member"], by: "maker", at: 1, version: 1, ...talk },
  size: 2,
  read: 0,
  unread: 0,
  calls: 0,
  level: "mentions",
});
const inGroup = { groups: ["g_1"] };
const crew = row({ policy: "crew", group: "g_1", members: [] });

test("who runs a channel: its maker and managers, every member once the maker has left; nobody a direct talk", () => {
  expect([runsTalk(row({}), agent("maker")), runsTalk(row({}), agent("member")), runsTalk(row({}), agent("x", "admin"))]).toEqual([
    true,
    false,
    true,
  ]);
  expect(runsTalk(row({ members: ["member"] }), agent("member"))).toBe(true);
  expect(runsTalk(row({ members: ["member"] }), agent("maker"))).toBe(false);
  expect(runsTalk(row({}, "direct"), agent("x", "owner"))).toBe(false);
  expect([runsTalk(crew, agent("x", "supervisor")), runsTalk(crew, agent("x", "agent", inGroup))]).toEqual([true, false]);
});

test("who may read it, and who is in it", () => {
  expect(admitsTo(row({}), agent("x", "colleague"))).toBe(true);
  expect(admitsTo(row({ policy: "named" }), agent("x", "owner"))).toBe(false);
  expect([admitsTo(crew, agent("x", "agent", inGroup)), admitsTo(crew, agent("x", "supervisor")), admitsTo(crew, agent("x"))]).toEqual([
    true,
    true,
    false,
  ]);
  const team = new Map(
    [agent("zoe", "agent", inGroup), agent("ann", "agent", inGroup), agent("off", "agent", { ...inGroup, disabled: true }), agent("x")].map(
      (a) => [a.id, a],
    ),
  );
  expect(peopleOf(crew, team).map((a) => a.id)).toEqual(["ann", "zoe"]);
  expect([sizeOf(crew, team), sizeOf(row({}), team)]).toEqual([2, 2]);
});

test("whom here and groups call: on shift in it, colleagues too, and of groups who may read it", () => {
  const team = new Map(
    [
      agent("me", "agent", { status: "accepting", groups: ["g_1"] }),
      agent("on", "agent", { status: "finishing", groups: ["g_1"] }),
      agent("off", "agent", { groups: ["g_1"] }),
      agent("gone", "agent", { status: "accepting", groups: ["g_1"], disabled: true }),
      agent("guest", "colleague", { status: "offline" }),
    ].map((a) => [a.id, a]),
  );
  const called = (calls: { groups?: string[]; here?: boolean }, talk: Partial<TalkState>) =>
    calledNow({ mentions: [], groups: [], here: false, ...calls }, row(talk), team, "me").map((a) => a.id);
  const everybody = { members: [...team.keys()] };
  expect(called({ here: true }, everybody)).toEqual(["on", "guest"]);
  expect(called({ here: true }, { members: ["me", "off"] })).toEqual([]);
  expect(called({ groups: ["g_1"] }, everybody)).toEqual(["on", "off"]);
  expect(called({ groups: ["g_1"] }, { policy: "named", members: ["me"] })).toEqual([]);
  expect(called({ groups: ["g_2"] }, everybody)).toEqual([]);
});
