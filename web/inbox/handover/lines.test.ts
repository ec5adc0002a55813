import { expect, test } from "vitest";
import type { BoardAgent } from "$kit/routing-api.ts";
import type { HandoverLine } from "$kit/handover-api.ts";
import { changedOf, chosen, handings, proposed, refusedOf, resumed, takersOf, waysOf } from "./lines";

const last = { seq: 1, kind: "message", by: "visitor", by_id: "v", name: "Mia", text: "hi", at: 1 } as HandoverLine["last"];
const line = (change: Partial<HandoverLine> = {}): HandoverLine => ({
  conversation: "c_1",
  visitor: "Mia",
  group: "g_1",
  part: "lead",
  last,
  may_close: false,
  way: "agent",
  to: "a_ben",
  why: "Ben knows this visitor.",
  heirs: [
    { agent: "a_ben", load: 100, limit: 400, fits: true },
    { agent: "a_cleo", load: 400, limit: 400, fits: false },
  ],
  ...change,
});

test("a line begins as proposed, and only a visitor who waits is told who goes on", () => {
  const waits = chosen(line({ waiting_since: 5 }), "Ben goes on.");
  expect(waits).toEqual({ pick: "agent:a_ben", note: "", say: "Ben goes on.", speaks: true });
  expect(chosen(line({ say: "Billing goes on." }), "x").say).toBe("Billing goes on.");
  expect(chosen(line(), "x").speaks).toBe(false);
  expect(chosen(line({ part: "promise", waiting_since: 5 }), "x").speaks).toBe(false);
  expect(proposed(line(), waits)).toBe(true);
  expect(proposed(line(), { ...waits, pick: "group" })).toBe(false);
});

test("only what nobody waits in may be closed, and a member leaves or stays", () => {
  expect(waysOf(line())).toEqual(["group", "keep"]);
  expect(waysOf(line({ may_close: true }))).toEqual(["group", "keep", "close"]);
  expect(waysOf(line({ part: "member" }))).toEqual(["leave", "keep"]);
});

test("the heirs with room come first, then whoever else is here and has room", () => {
  const at = (agent: string, change: object) =>
    ({ agent, present: true, status: "accepting", load: 0, limit: 400, ...change }) as BoardAgent;
  const here = [
    at("a_me", {}),
    at("a_dan", {}),
    at("a_eve", { load: 350 }),
    at("a_fay", { status: "away" }),
    at("a_cleo", {}),
    at("a_gil", { present: false }),
  ];
  expect(takersOf(line(), here, "a_me", "agent:a_ben").map((x) => x.agent)).toEqual(["a_ben", "a_dan"]);
  expect(takersOf(line(), here, "a_me", "agent:a_cleo").map((x) => x.agent)).toEqual(["a_ben", "a_dan", "a_cleo"]);
  expect(takersOf(line(), here, "a_me", "agent:a_fay").map((x) => x.agent)).toEqual(["a_ben", "a_dan", "a_fay"]);
  expect(takersOf(line({ part: "member" }), here, "a_me", "leave")).toEqual([]);
});

test("what goes to the server names each line once, and says nothing to a visitor whose chat is closed", () => {
  const lines = [line(), line({ conversation: "c_2" }), line({ conversation: "c_3", part: "member" })];
  const choices = {
    c_1: { pick: "agent:a_ben", note: " wants a refund ", say: " Ben goes on. ", speaks: true },
    c_2: { pick: "close", note: "", say: "bye", speaks: true },
    c_3: { pick: "leave", note: "", say: "", speaks: true },
  };
  expect(handings(lines, choices)).toEqual([
    { conversation: "c_1", way: "agent", to: "a_ben", note: "wants a refund", say: "Ben goes on." },
    { conversation: "c_2", way: "close" },
    { conversation: "c_3", way: "leave" },
  ]);
});

test("a refusal names what is in the way", () => {
  expect(refusedOf({ lines: [{ conversation: "c_1", why: "full" }, { conversation: 1 }] })).toEqual([{ conversation: "c_1", why: "full" }]);
  expect(refusedOf({ holder: 1 })).toEqual([]);
  expect(refusedOf(undefined)).toEqual([]);
});

test("what was changed is kept and comes back, as far as it can still be chosen", () => {
  const begun = { c_1: chosen(line(), "x"), c_2: chosen(line({ conversation: "c_2" }), "x") };
  const noted = { ...begun.c_1, pick: "keep", note: "wants a copy" };
  expect(changedOf(begun, { ...begun, c_1: noted })).toEqual({ c_1: noted });
  expect(changedOf(begun, begun)).toEqual({});
  expect(resumed(line(), begun.c_1, noted)).toEqual(noted);
  expect(resumed(line(), begun.c_1, undefined)).toEqual(begun.c_1);
  expect(resumed(line(), begun.c_1, { ...noted, pick: "close" })).toEqual({ ...noted, pick: "agent:a_ben" });
  const member = line({ part: "member", way: "leave", to: undefined });
  expect(resumed(member, chosen(member, "x"), { pick: "agent:a_cleo" }).pick).toBe("leave");
});
