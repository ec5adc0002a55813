import { expect, test } from "vitest";
import type { TransferChapter } from "$kit/playbook-api.ts";
import type { TargetAgent, TargetGroup, Targets } from "$kit/targets-api.ts";
import type { Thread } from "$kit/wire.ts";
import { emptyChapter } from "../passing/form";
import { askedOf, missingOf, noFields, nth, sentOf, targetsOf } from "./send";

const thread = (passages = 0) =>
  ({
    id: "t",
    group: "desk",
    state: "queued",
    members: [],
    passed: Array(passages).fill({ by: "x", group: "desk", at: 1 }),
  }) as unknown as Thread;
const group = (id: string, more: Partial<TargetGroup> = {}): TargetGroup => ({
  group: id,
  name: id,
  state: "online",
  why: "",
  waiting: 0,
  accepting: 1,
  free: 1,
  slots: 4,
  askable: 1,
  ask_free: 1,
  wait: {},
  ...more,
});
const agent = (id: string, groups: string[], more: Partial<TargetAgent> = {}): TargetAgent => ({
  agent: id,
  name: id,
  status: "accepting",
  present: true,
  takes: true,
  room: true,
  load: 0,
  limit: 400,
  groups,
  ...more,
});

test("the suggested come first, then groups by who can take it; nobody else has a digit", () => {
  const targets: Targets = {
    groups: [
      group("desk", { bar: "here" }),
      group("closed", { state: "offline" }),
      group("full", { free: 0 }),
      group("sales"),
      group("bill"),
      group("nobody", { bar: "empty" }),
    ],
    agents: [
      agent("ben", ["desk", "bill"]),
      agent("cleo", ["bill"], { room: false }),
      agent("dan", ["desk"]),
      agent("eve", ["sales"]),
      agent("fay", ["bill"], { takes: false }),
    ],
    suggestions: [
      { group: "bill", why: "31 of 40" },
      { agent: "ben", why: "VAT" },
      { agent: "cleo", why: "x" },
    ],
  };
  const options = targetsOf(targets, thread());
  expect(options.map((o) => o.key)).toEqual(["group bill", "agent ben", "group sales", "group full", "group closed"]);
  expect(options[1]).toMatchObject({ section: "suggested", group: "bill", suggestion: { why: "VAT" } });
  expect([nth(options, 1)?.key, nth(options, 4)?.key, nth(options, 5), nth(options, 6)]).toEqual([
    "group bill",
    "group full",
    undefined,
    undefined,
  ]);
});

test("a suggestion that takes no chats now is no suggestion, and nine have a digit at most", () => {
  const many = Array.from({ length: 12 }, (_, i) => group(`g${i}`));
  const targets: Targets = {
    groups: [group("closed", { state: "offline" }), ...many],
    agents: [],
    suggestions: [{ group: "closed", why: "x" }],
  };
  const options = targetsOf(targets, thread());
  expect(options).toHaveLength(9);
  expect(options.every((o) => o.section === "groups" && o.stand === "free")).toBe(true);
});

const asks: TransferChapter = {
  held: {},
  reasons: [
    { code: "vat", label: "VAT" },
    { code: "other", label: "Other" },
  ],
  questions: [
    { id: "q1", text: "Which?", required: true, reasons: ["vat"] },
    { id: "q2", text: "More?" },
  ],
};

test("where the playbook demands nothing, nothing is asked", () => {
  expect(askedOf(emptyChapter, thread(), noFields)).toEqual({ reason: null, questions: [] });
  expect(missingOf(emptyChapter, thread(1), noFields)).toEqual([]);
  expect(askedOf(emptyChapter, thread(2), noFields).reason).toBe("words");
  expect(missingOf(emptyChapter, thread(2), { ...noFields, words: " " })).toEqual(["reason"]);
});

test("a reason and its required questions are asked, and no other ones", () => {
  expect(missingOf(asks, thread(), noFields)).toEqual(["reason"]);
  expect(missingOf(asks, thread(), { ...noFields, code: "gone" })).toEqual(["reason"]);
  expect(missingOf(asks, thread(), { ...noFields, code: "vat", answers: { q1: " " } })).toEqual(["q1"]);
  expect(askedOf(asks, thread(), { ...noFields, code: "vat" }).questions.map((q) => q.id)).toEqual(["q1"]);
  expect(missingOf(asks, thread(), { ...noFields, code: "other" })).toEqual([]);
});

test("what is sent names the target, the reason and the answers that belong to it", () => {
  const [bill] = targetsOf({ groups: [group("bill")], agents: [], suggestions: [] }, thread());
  const [, ben] = targetsOf(
    {
      groups: [group("bill")],
      agents: [agent("ben", ["bill"])],
      suggestions: [
        { group: "bill", why: "" },
        { agent: "ben", why: "" },
      ],
    },
    thread(),
  );
  if (bill === undefined || ben === undefined) throw new Error("no target");
  expect(sentOf(bill, emptyChapter, thread(), noFields)).toEqual({ to: { kind: "group", group: "bill" } });
  expect(sentOf(ben, asks, thread(), { code: "vat", words: "x", answers: { q1: " 4711 ", q2: "no" } })).toEqual({
    to: { kind: "agent", agent: "ben", group: "bill" },
    reason: "vat",
    answers: { q1: "4711" },
  });
  expect(sentOf(bill, emptyChapter, thread(2), { ...noFields, words: " again " })).toEqual({
    to: { kind: "group", group: "bill" },
    reason: "again",
  });
});
