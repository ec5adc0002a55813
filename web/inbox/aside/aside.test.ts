import { expect, test } from "vitest";
import type { SideTalk } from "$kit/sidetalks.ts";
import type { Agent, Event, Group, Thread } from "$kit/wire.ts";
import { answerNote, askable, newestAnswer, shownSides, waitingLine } from "./aside";
import { slowSide } from "./slow";
import de from "./messages/de.json";
import en from "./messages/en.json";

const side = (seq: number, more: Partial<SideTalk> = {}): SideTalk => ({
  seq,
  by: "a_me",
  group: "g_bill",
  talk: "c_talk",
  message: seq,
  at: 100,
  due: 190,
  ...more,
});
const thread = (state: Thread["state"], ...sides: SideTalk[]) => ({ state, side_talks: sides }) as unknown as Thread;
const note = (seq: number, to: number, text: string, more: object = {}) =>
  ({ kind: "note", seq, body: { text, answer: { side: to, talk: "c_talk", seq: 1 }, ...more } }) as unknown as Event;

test("what is done, withdrawn or over is not shown, and nothing of a closed chat", () => {
  const all = [
    side(1),
    side(2, { answers: 1 }),
    side(3, { answers: 1, used: 5 }),
    side(4, { ended: 6, how: "withdrawn" }),
    side(5, { ended: 6, how: "closed" }),
  ];
  expect(shownSides(thread("active", ...all)).map((s) => s.seq)).toEqual([1, 2]);
  expect(shownSides(thread("closed", ...all))).toEqual([]);
});

test("the line is offered to who asked, from the server's moment on, once", () => {
  const led = (...sides: SideTalk[]) => ({ ...thread("active", ...sides), lead: "a_me", members: ["a_bob"] }) as Thread;
  expect(slowSide(led(side(1)), "a_me", 189)).toBeUndefined();
  expect(slowSide(led(side(1)), "a_me", 190)?.seq).toBe(1);
  expect(slowSide(led(side(1)), "a_bob", 190)).toBeUndefined();
  expect(slowSide(led(side(1, { told: 200 })), "a_me", 300)).toBeUndefined();
  expect(slowSide(led(side(1, { answers: 1 })), "a_me", 300)).toBeUndefined();
  expect(slowSide(led(side(1)), "a_me", 300, new Set([1]))).toBeUndefined();
  expect(slowSide({ ...led(side(1)), state: "closed" }, "a_me", 300)).toBeUndefined();
  expect(slowSide(undefined, "a_me", 300)).toBeUndefined();
});

test("the line goes with the chat: to the asker while he writes to the visitor, and else to who leads", () => {
  const passed = (lead: string | undefined, ...members: string[]) =>
    ({ ...thread("active", side(1)), ...(lead ? { lead } : {}), members }) as Thread;
  const offered = (t: Thread) => ["a_me", "a_new", "a_bob"].filter((who) => slowSide(t, who, 300) !== undefined);
  expect(offered(passed("a_new", "a_me", "a_bob"))).toEqual(["a_me"]);
  expect(offered(passed("a_new", "a_bob"))).toEqual(["a_new"]);
  expect(offered(passed(undefined, "a_bob"))).toEqual([]);
});

test("the key puts in the newest answer that stands and that nobody has used", () => {
  const sides = [side(1, { answers: 2, last: 12 }), side(2, { answers: 1, last: 13, used: 9 }), side(3)];
  const events = [note(11, 1, "yes"), note(12, 1, "", { emptied: 5 }), note(13, 2, "used")];
  expect(answerNote(events, sides[0] as SideTalk)?.seq).toBe(11);
  expect(newestAnswer(events, sides)?.seq).toBe(11);
  expect(newestAnswer([], sides)).toBeUndefined();
});

test("everybody but oneself can be asked, of every department, and groups with who is on shift", () => {
  const agent = (id: string, name: string, more: object = {}) =>
    ({ id, name, status: "accepting", role: "agent", groups: ["g_bill"], ...more }) as unknown as Agent;
  const team = [agent("a_me", "Me"), agent("a_bob", "Bob"), agent("a_eve", "Eve", { role: "colleague", groups: [], status: "offline" })];
  const off = agent("a_off", "Off", { disabled: true });
  const groups = [
    { id: "g_bill", name: "Billing" },
    { id: "g_old", name: "Old", deleted: true },
  ] as unknown as Group[];
  const found = askable([...team, off], groups, "a_me", "");
  expect(found.people.map((p) => p.name)).toEqual(["Bob", "Eve"]);
  expect(found.groups).toEqual([{ id: "g_bill", name: "Billing", onShift: 1 }]);
  expect(askable(team, groups, "a_me", " ev").people.map((p) => p.name)).toEqual(["Eve"]);
});

test("the visitor is told in his language", () => {
  expect(waitingLine("de-AT")).toContain("Moment dauern");
  expect(waitingLine("xx")).toBe(waitingLine("en"));
  expect(waitingLine(undefined)).toContain("a colleague");
});

test("German says everything that English says", () => {
  expect(Object.keys(de).sort()).toEqual(Object.keys(en).sort());
});
