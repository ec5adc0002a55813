import { expect, test } from "vitest";
import type { Line, Row } from "$kit/wire.ts";
import { peopleOf } from "../conversation/people";
import { previewOf } from "./preview";
import { accentAfter, boldAfter, urgencyOf } from "./wait";

function row(last: Partial<Line>, lead = "", members: string[] = []): Row {
  return {
    conversation: {
      id: "c_1",
      kind: "customer",
      head: 5,
      vhead: 5,
      seen_visitor: 0,
      seen_team: 0,
      last: { seq: 5, kind: "message", by: "visitor", text: "", at: 1, ...last },
    },
    thread: {
      id: "t_1",
      conversation: "c_1",
      number: 1,
      state: "active",
      group: "g_1",
      policy: "open",
      lead,
      members,
      started_at: 1,
      version: 1,
    },
    visitor: { id: "v_1", site: "s_1", name: "Zoë", since: 1, seen: 1, conversation: "c_1" },
  };
}

test("a row says who spoke last, on one line", () => {
  expect(previewOf(row({ by: "visitor", text: "a\n\n b" }), "me")).toEqual({ who: "visitor", name: "", text: "a b", note: false });
  expect(previewOf(row({ by: "agent", by_id: "me", name: "Ada", text: "x" }), "me").who).toBe("me");
  expect(previewOf(row({ by: "agent", by_id: "a", name: "Bilal", kind: "note", text: "x" }), "me")).toEqual({
    who: "other",
    name: "Bilal",
    text: "x",
    note: true,
  });
});

test("a wait turns bold and then takes the accent", () => {
  expect(urgencyOf(0, boldAfter - 1)).toBe("calm");
  expect(urgencyOf(0, boldAfter)).toBe("bold");
  expect(urgencyOf(0, accentAfter)).toBe("accent");
});

test("people stand once, the lead first, and nobody watches himself", () => {
  const signal = (id: string) => ({
    kind: "viewing" as const,
    conversation: "c_1",
    actor: { kind: "agent" as const, id, name: id },
    audience: "agents" as const,
    on: true,
    expires: 1,
  });
  const people = peopleOf(row({}, "a_lead", ["a_member"]), new Map(), [signal("a_member"), signal("me"), signal("a_eye")], "me");
  expect(people.map((p) => `${p.id} ${p.part}`)).toEqual(["a_lead lead", "a_member member", "a_eye watching"]);
});
