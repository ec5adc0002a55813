import { expect, test } from "vitest";
import type { OpenedTalk } from "./channels-api.ts";
import type { TalkRow } from "./channels.ts";
import { gaps, reduce } from "./reducer.ts";
import { empty, type State } from "./state.ts";
import type { Event, Inbox } from "./wire.ts";

const row = (head: number, more: Partial<TalkRow> = {}): TalkRow => ({
  conversation: {
    id: "c_lunch",
    kind: "channel",
    head,
    last: { seq: head, kind: "message", by: "agent", by_id: "a_ben", text: "hello", at: 1 },
  },
  talk: { name: "Lunch", policy: "everyone", members: ["a_me", "a_ben"], by: "a_ben", at: 1, version: 1 },
  size: 2,
  read: head,
  unread: 0,
  calls: 0,
  level: "mentions",
  ...more,
});

function event(kind: Event["kind"], seq: number, body: object, by = "a_ben", conversation = "c_lunch"): Event {
  return {
    id: `e_${conversation}_${seq}`,
    conversation,
    seq,
    kind,
    actor: { kind: "agent", id: by, name: by },
    audience: "agents",
    at: seq,
    body,
  } as unknown as Event;
}

const opened = (head: number, events: Event[], more: Partial<OpenedTalk> = {}): OpenedTalk => ({
  cursor: "",
  row: row(head),
  within: true,
  runs: false,
  events,
  more: false,
  reads: [],
  ...more,
});

const before = (talks: TalkRow[]): State => {
  const inbox = {
    me: { id: "a_me", name: "Mia" },
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
  return reduce(empty(), { type: "inbox", list: "my", inbox: inbox as unknown as Inbox });
};
const open = (state: State, what: OpenedTalk, shown = true) => reduce(state, { type: "talk", opened: what, shown });
const hear = (state: State, ...events: Event[]) =>
  events.reduce((s, e) => reduce(s, { type: "frame", frame: { type: "event", cursor: "", event: e } }), state);
const window_ = (state: State) => state.talks.get("c_lunch")?.events ?? [];
const texts = (state: State) => window_(state).flatMap((e) => (e.kind === "message" ? [e.body.text] : []));
const known = (state: State) => state.channels.rows.get("c_lunch") ?? state.channels.others.get("c_lunch");

const hello = event("message", 3, { text: "hello" });

test("what the stream told before the answer came stands in the window and in the row", () => {
  const later = hear(before([row(3)]), event("message", 4, { text: "who eats?" }));
  const state = open(
    hear(open(later, opened(3, [hello])), event("message", 5, { text: "I" })),
    opened(4, [hello, event("message", 4, { text: "who eats?" })]),
  );
  expect(texts(state)).toEqual(["hello", "who eats?", "I"]);
  expect(known(state)).toMatchObject({ conversation: { head: 5, last: { text: "I" } } });
  // Nothing is missing: the window had what the answer had not.
  expect(state.channels.wanted.size).toBe(0);
});

test("an answer that is older than what is known leaves the row, and the talk wanted", () => {
  const state = open(hear(before([row(3)]), event("message", 4, { text: "a" })), opened(3, [hello]), false);
  expect(known(state)?.conversation.head).toBe(4);
  expect([...state.channels.wanted]).toEqual([["c_lunch", 4]]);
  expect(open(state, opened(4, []), false).channels.wanted.size).toBe(0);
});

test("a hole is a gap, and what fills it goes into the row too", () => {
  const holed = hear(open(before([row(3)]), opened(3, [hello])), event("message", 5, { text: "c" }));
  const [gap] = gaps(holed);
  expect(gap).toEqual({ conversation: "c_lunch", after: 3, upto: 5 });
  if (gap === undefined) return;
  const events = [event("message", 4, { text: "b" }), event("message", 5, { text: "c" })];
  const state = reduce(holed, { type: "newer", gap, page: { events, more: false } });
  expect(texts(state)).toEqual(["hello", "b", "c"]);
  expect(known(state)).toMatchObject({ conversation: { head: 5 }, unread: 2 });
});

test("who looks into an open channel from outside follows it and has it in no list; joining brings it there", () => {
  const looking = hear(open(before([]), opened(3, [hello], { within: false })), event("message", 4, { text: "news" }));
  expect(texts(looking)).toEqual(["hello", "news"]);
  expect([looking.channels.rows.size, looking.channels.others.size]).toEqual([0, 1]);
  const joined = hear(looking, event("talk.joined", 5, { agents: ["a_me"], names: ["Mia"] }, "a_me"));
  expect([joined.channels.rows.size, joined.channels.others.size]).toEqual([1, 0]);
  expect(reduce(looking, { type: "closed", conversation: "c_lunch" }).channels.others.size).toBe(0);
});

test("who leaves an open channel that stands open reads on from outside; a closed one is gone at once", () => {
  const left = event("talk.left", 4, { agents: ["a_me"], names: ["Mia"] }, "a_me");
  const outside = hear(open(before([row(3)]), opened(3, [hello])), left);
  expect([outside.channels.rows.size, outside.channels.others.size, window_(outside).length]).toEqual([0, 1, 2]);
  const shut = { ...row(3), talk: { ...row(3).talk, policy: "named" as const } };
  const gone = hear(open(before([shut]), { ...opened(3, [hello]), row: shut }), left);
  expect([gone.channels.rows.size, gone.channels.others.size, gone.talks.size]).toEqual([0, 0, 0]);
});

test("what was chosen for a talk ends with being in it", () => {
  const chosen = { ...row(3), level: "all" as const, muted_until: 99 };
  const state = hear(
    open(before([chosen]), { ...opened(3, [hello]), row: chosen }),
    event("talk.left", 4, { agents: ["a_me"], names: ["Mia"] }, "a_me"),
    event("talk.joined", 5, { agents: ["a_me"], names: ["Mia"] }, "a_me"),
  );
  expect(known(state)?.level).toBe("mentions");
  expect(known(state)).not.toHaveProperty("muted_until");
});

test("a talk that is taken away leaves nothing on the screen", () => {
  const state = reduce(open(before([row(3)]), opened(3, [hello])), { type: "frame", frame: { type: "gone", conversation: "c_lunch" } });
  expect([state.channels.rows.size, state.talks.size]).toEqual([0, 0]);
});

test("a snapshot keeps what stands open until it is loaded anew", () => {
  const state = open(before([]), opened(3, [hello], { within: false }));
  const inbox = {
    ...before([]),
    me: { id: "a_me" },
    cursor: "",
    rows: [],
    team: [],
    present: [],
    groups: [],
    sites: [],
    losses: [],
    signals: [],
    invitations: [],
    talks: [],
  };
  const after = reduce(state, { type: "inbox", list: "my", inbox: inbox as unknown as Inbox });
  expect([after.channels.others.size, after.talks.get("c_lunch")?.stale]).toEqual([1, true]);
});

test("reactions, edits and what is emptied change the message where it stands, whichever comes first", () => {
  const base = open(before([row(3)]), opened(3, [hello]));
  const up = (on: boolean, seq: number, by: string) => event("reaction", seq, { target: 3, emoji: "👍", on }, by);
  const set = hear(base, up(true, 4, "a_ben"), up(true, 5, "a_me"), up(true, 5, "a_me"));
  expect(window_(set)[0]?.body).toMatchObject({ reactions: [{ emoji: "👍", agents: ["a_ben", "a_me"] }] });
  const gone = hear(set, up(false, 6, "a_ben"), up(false, 7, "a_me"));
  expect(window_(gone)[0]?.body).toMatchObject({ reactions: [] });
  // The message as it was before comes late, with a page of older ones.
  const late = reduce(
    hear(
      open(before([row(4)]), opened(4, [event("edit", 4, { target: 3, text: "hi", former: "hello" })], { more: true })),
      up(true, 5, "a_me"),
    ),
    {
      type: "older",
      conversation: "c_lunch",
      before: 4,
      page: { events: [hello], more: false },
    },
  );
  expect(window_(late)[0]?.body).toMatchObject({ text: "hi", reactions: [{ emoji: "👍", agents: ["a_me"] }] });
});

test("what is taken back, or emptied by time, stands under the same message still", () => {
  const under = event("message", 4, { text: "yes", reply_to: 3 });
  const base = open(before([row(4)]), opened(4, [hello, under]));
  expect(window_(hear(base, event("redact", 5, { target: 4 })))[1]?.body).toEqual({ text: "", emptied: 5, reply_to: 3 });
  const emptied = hear(base, event("talk.emptied", 5, { upto: 3 }));
  expect(texts(emptied)).toEqual(["", "yes"]);
  const all = hear(base, event("talk.emptied", 5, { upto: 4 }));
  expect([known(emptied), known(all)].map((r) => r?.conversation.last.text)).toEqual(["hello", ""]);
  expect(known(emptied)?.talk.emptied).toBe(3);
});

test("how far others have read moves forward alone, and only where it was loaded", () => {
  const read = (seq: number, by: string) => event("read", seq, { conversation: "c_lunch", seq }, by, "agent:a_me");
  const marks = (state: State) => state.channels.reads.get("c_lunch");
  const base = open(before([row(5)]), opened(5, [hello], { reads: [{ agent: "a_ben", seq: 2 }] }));
  expect(marks(hear(base, read(4, "a_ben"), read(3, "a_ben")))?.get("a_ben")).toBe(4);
  expect(known(hear(base, read(4, "a_ben")))?.read).toBe(5);
  expect(marks(hear(before([row(5)]), read(4, "a_ben")))).toBeUndefined();
});
