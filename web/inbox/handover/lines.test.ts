import { expect, test } from "vitest";
import type { HandoverLine } from "$kit/handover-api.ts";
import type { TransferChapter } from "$kit/playbook-api.ts";
import type { Group } from "$kit/wire.ts";
import {
  type Choice,
  type To,
  askedOf,
  changedOf,
  chosen,
  groupOf,
  handings,
  missingOf,
  proposed,
  resumed,
  takerOf,
  takersOf,
  waysOf,
} from "./lines";
import { refusedOf } from "./refused";

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
  others: [],
  ...change,
});

test("a line begins as proposed, and only a visitor who waits is told who goes on", () => {
  const waits = chosen(line({ waiting_since: 5 }), "Ben goes on.");
  expect(waits).toEqual({ pick: "agent:a_ben", group: "", reason: "", answers: {}, note: "", say: "Ben goes on.", speaks: true });
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

test("the heirs with room come first, then whoever else is here and has room, then who is none to give it to", () => {
  const other = (agent: string, change: object = {}) => ({ agent, load: 0, limit: 400, groups: ["g_2"], ...change });
  const others = [other("a_dan"), other("a_eve", { load: 350 }), other("a_fay", { groups: [], bar: "into" })];
  const who = (pick: string, change: Partial<HandoverLine> = {}) => takersOf(line({ others, ...change }), pick).map((x) => x.agent);
  expect(who("agent:a_ben")).toEqual(["a_ben", "a_dan", "a_fay"]);
  expect(who("agent:a_cleo")).toEqual(["a_ben", "a_dan", "a_fay", "a_cleo"]);
  expect(who("agent:a_gone")).toEqual(["a_ben", "a_dan", "a_fay", "a_gone"]);
  expect(who("leave", { part: "member" })).toEqual([]);
});

const bill: TransferChapter = {
  reasons: [{ code: "invoice", label: "An invoice" }],
  questions: [{ id: "number", text: "Which?", required: true, reasons: ["invoice"] }],
  held: {},
};
const dan = { agent: "a_dan", load: 0, limit: 400, groups: ["g_2", "g_3"], gave: ["invoice"] };
const pick = (change: Partial<Choice> = {}): Choice => ({ ...chosen(line(), "x"), pick: "agent:a_dan", ...change });

test("another group asks what its playbook has, its own group nothing but why it goes on once more", () => {
  const to = (group: string) => ({ group, chapter: bill, own: undefined });
  const passed = [1, 2].map((at) => ({ by: "a_ben", group: "g_1", at }));
  expect(askedOf(line(), pick(), to("g_2"))).toEqual({ why: "codes", codes: bill.reasons, questions: [] });
  expect(askedOf(line(), pick({ reason: "invoice" }), to("g_2")).questions).toEqual(bill.questions);
  expect(askedOf(line(), pick(), to("g_1"))).toEqual({ why: null, codes: [], questions: [] });
  expect(askedOf(line({ passed }), pick(), to("g_1"))).toEqual({ why: "again", codes: [], questions: [] });
  expect(askedOf(line({ passed }), pick({ pick: "group" }), to("g_1")).why).toBeNull();
  expect(askedOf(line({ part: "promise", passed }), pick(), to("g_2")).why).toBeNull();
  const own = { id: "g_1", name: "Support", rules: { line: "end_to_end" } } as Group;
  expect(askedOf(line(), pick(), { group: "g_2", chapter: { held: {} }, own }).why).toBe("line");
});

test("what is missing is named, and who gave it for the same reason does not get it back", () => {
  const missing = (choice: Choice, taker = dan) =>
    missingOf(choice, askedOf(line(), choice, { group: "g_2", chapter: bill, own: undefined }), taker);
  expect(missing(pick())).toEqual([{ field: "reason", what: "codes" }]);
  expect(missing(pick({ reason: "night" }))).toEqual([{ field: "reason", what: "codes" }]);
  expect(missing(pick({ reason: "invoice" }))).toEqual([
    { field: "reason", what: "back" },
    { field: "question", id: "number" },
  ]);
  expect(missing(pick({ reason: "invoice", answers: { number: "4711" } }), { ...dan, gave: [] })).toEqual([]);
});

test("it goes to the group that was chosen, else to the proposed one; a promise stays where it is", () => {
  expect(takerOf(pick(), [dan])).toBe(dan);
  expect(takerOf(pick({ pick: "group" }), [dan])).toBeUndefined();
  expect(groupOf(line(), pick(), dan)).toBe("g_2");
  expect(groupOf(line(), pick({ group: "g_3" }), dan)).toBe("g_3");
  expect(groupOf(line(), pick({ group: "g_9" }), dan)).toBe("g_2");
  expect(groupOf(line({ part: "promise" }), pick(), dan)).toBe("g_1");
});

test("what goes to the server names each line once, and says nothing to a visitor whose chat is closed", () => {
  const lines = [line(), line({ conversation: "c_2" }), line({ conversation: "c_3", part: "member" })];
  const choices = {
    c_1: pick({
      reason: "invoice",
      answers: { number: " 4711 ", other: "x" },
      note: " wants a refund ",
      say: " Ben goes on. ",
      speaks: true,
    }),
    c_2: pick({ pick: "close", say: "bye", speaks: true }),
    c_3: pick({ pick: "leave", speaks: true }),
  };
  const toOf = (l: HandoverLine, c: Choice): To => ({
    taker: dan,
    group: "g_2",
    asked: askedOf(l, c, { group: "g_2", chapter: bill, own: undefined }),
  });
  expect(handings(lines, choices, toOf)).toEqual([
    {
      conversation: "c_1",
      way: "agent",
      to: "a_dan",
      group: "g_2",
      reason: "invoice",
      answers: { number: "4711" },
      note: "wants a refund",
      say: "Ben goes on.",
    },
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
