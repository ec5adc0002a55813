import { expect, test } from "vitest";
import type { TalkRow } from "./channels.ts";
import { reduce } from "./reducer.ts";
import { empty, type State } from "./state.ts";
import type { Event, Inbox } from "./wire.ts";

const me = { id: "a_me", name: "Mia", email: "", role: "agent", status: "accepting", limit: 4, groups: [] } as const;

const lunch: TalkRow = {
  conversation: {
    id: "c_lunch",
    kind: "channel",
    head: 3,
    last: { seq: 3, kind: "message", by: "agent", by_id: "a_ben", text: "hello", at: 1 },
  },
  talk: { name: "Lunch", policy: "everyone", members: ["a_me", "a_ben"], by: "a_ben", at: 1, version: 1 },
  size: 2,
  read: 3,
  unread: 0,
  calls: 0,
  level: "mentions",
};

const snapshot = (talks: TalkRow[]): State => {
  const inbox: Inbox = {
    me: { ...me, groups: [] },
    cursor: "",
    counts: { my: 0, queue: 0, all: 0 },
    rows: [],
    team: [],
    present: [],
    groups: [],
    sites: [],
    drafts: [],
    losses: [],
    signals: [],
    invitations: [],
    talks,
  };
  return reduce(empty(), { type: "inbox", list: "my", inbox });
};

function told(state: State, kind: Event["kind"], seq: number, body: object, by = "a_ben", conversation = "c_lunch"): State {
  const event = { id: `e_${seq}`, conversation, seq, kind, actor: { kind: "agent", id: by, name: by }, audience: "agents", at: seq, body };
  return reduce(state, { type: "frame", frame: { type: "event", cursor: "", event: event as unknown as Event } });
}

const row = (state: State) => state.channels.rows.get("c_lunch");

test("what others say is unread, and counts as a call where it calls me", () => {
  let state = told(snapshot([lunch]), "message", 4, { text: "who eats?" });
  state = told(state, "message", 5, { text: "you?", mentions: ["a_me"] });
  state = told(state, "message", 6, { text: "yes" }, "a_me");
  expect(row(state)).toMatchObject({ unread: 2, calls: 1, conversation: { head: 6, last: { text: "yes", by_id: "a_me" } } });
});

test("an event twice is one event", () => {
  const once = told(snapshot([lunch]), "message", 4, { text: "who eats?" });
  expect(told(once, "message", 4, { text: "who eats?" })).toEqual(once);
});

test("a hole, and a talk that is not known, are wanted and never a visitor's conversation", () => {
  const hole = told(snapshot([lunch]), "message", 6, { text: "late" });
  expect([...hole.channels.wanted]).toEqual([["c_lunch", 6]]);
  const unknown = told(snapshot([]), "talk.joined", 9, { agents: ["a_me"], names: ["Mia"] });
  expect([...unknown.channels.wanted]).toEqual([["c_lunch", 9]]);
  expect(unknown.wanted.size + unknown.rows.size).toBe(0);
});

test("who leaves, and from whom it is taken, has it no more", () => {
  const left = told(snapshot([lunch]), "talk.left", 4, { agents: ["a_me"], names: ["Mia"] });
  expect(left.channels.rows.size).toBe(0);
  const gone = reduce(snapshot([lunch]), { type: "frame", frame: { type: "gone", conversation: "c_lunch" } });
  expect(gone.channels.rows.size).toBe(0);
  const other = told(snapshot([lunch]), "talk.left", 4, { agents: ["a_ben"], names: ["Ben"] });
  expect(row(other)).toMatchObject({ size: 1, talk: { members: ["a_me"] } });
});

test("reading it on another device reads it here", () => {
  const unread = told(told(snapshot([lunch]), "message", 4, { text: "a" }), "message", 5, { text: "b", mentions: ["a_me"] });
  const read = (seq: number) => told(unread, "read", 1, { conversation: "c_lunch", seq }, "a_me", "agent:a_me");
  expect(row(read(5))).toMatchObject({ read: 5, unread: 0, calls: 0 });
  expect([...read(4).channels.wanted.keys()]).toEqual(["c_lunch"]);
  expect(row(read(2))).toMatchObject({ read: 3, unread: 2 });
});

test("its name, pins, end and level are what the events say", () => {
  let state = told(snapshot([lunch]), "talk.changed", 4, { name: "Tea", topic: "at four", policy: "named", was: "everyone" });
  state = told(state, "pin", 5, { target: 3, on: true });
  expect(row(state)?.talk).toMatchObject({ name: "Tea", topic: "at four", policy: "named", pins: [3] });
  state = told(state, "redact", 6, { target: 3 });
  expect(row(state)).toMatchObject({ conversation: { last: { text: "" } }, talk: { pins: [] } });
  state = told(state, "talk.archived", 7, { on: true });
  expect(row(state)?.talk.archived).toBe(7);
  state = told(state, "talk.archived", 8, { on: false });
  expect(row(state)?.talk.archived).toBeUndefined();
  state = told(state, "talk.level", 1, { conversation: "c_lunch", level: "none", muted_until: 99 }, "a_me", "agent:a_me");
  expect(row(state)).toMatchObject({ level: "none", muted_until: 99 });
});

test("a large channel whose members were left out keeps counting them", () => {
  const large = { ...lunch, size: 80, talk: { ...lunch.talk, members: [] } };
  const state = told(snapshot([large]), "talk.joined", 4, { agents: ["a_eve", "a_cem"], names: ["Eve", "Cem"] });
  expect(row(state)).toMatchObject({ size: 82, talk: { members: [] } });
});

test("what is taken away and was unread is counted anew; what was read is not", () => {
  const unread = told(told(snapshot([lunch]), "message", 4, { text: "a" }), "message", 5, { text: "b", mentions: ["a_me"] });
  expect([...told(unread, "redact", 6, { target: 5 }).channels.wanted.entries()]).toEqual([["c_lunch", 6]]);
  expect([...told(unread, "redact", 6, { target: 3 }).channels.wanted.keys()]).toEqual([]);
  expect([...told(unread, "talk.emptied", 6, { upto: 4 }).channels.wanted.entries()]).toEqual([["c_lunch", 6]]);
  expect([...told(snapshot([lunch]), "redact", 4, { target: 3 }).channels.wanted.keys()]).toEqual([]);
});
