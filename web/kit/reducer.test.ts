import { expect, test } from "vitest";
import { type Input, reduce, type State, unreadOf } from "./reducer.ts";
import type { Playbook } from "./playbook-api.ts";
import { empty } from "./state.ts";
import { conversations, play, unreadIn, visibleOf, type World } from "./world.testing.ts";

const seeds = 2000;

/** wrongs lists what the client shows otherwise than the server has it, after everything was delivered. */
function wrongs(world: World): string[] {
  return conversations.flatMap((id) => [...talkWrongs(world, id), ...rowWrongs(world, id), ...markWrongs(world, id)]);
}

function talkWrongs(world: World, id: string): string[] {
  const talk = world.state.talks.get(id);
  if (talk === undefined) return [];
  const first = talk.more ? (talk.events[0]?.seq ?? 0) : 0;
  const want = visibleOf(world, id).filter((e) => e.seq >= first);
  const wrong: string[] = [];
  if (world.watched.has(id) && JSON.stringify(talk.events) !== JSON.stringify(want))
    wrong.push(`${id}: events ${numbers(talk.events)}, want ${numbers(want)}`);
  if (talk.events.some((e, i) => i > 0 && e.seq <= (talk.events[i - 1]?.seq ?? 0)))
    wrong.push(`${id}: twice or out of order ${numbers(talk.events)}`);
  if (talk.through < talk.head) wrong.push(`${id}: a gap stays after ${talk.through} of ${talk.head}`);
  return wrong;
}

function numbers(events: readonly { seq: number; kind: string; body: unknown }[]): string {
  return events.map((e) => `${e.seq}${JSON.stringify(e.body)}`).join(" ");
}

function rowWrongs(world: World, id: string): string[] {
  const row = world.state.rows.get(id);
  const last = world.watched.has(id) ? visibleOf(world, id).at(-1) : world.log.findLast((e) => e.conversation === id);
  if ((row?.conversation.head ?? 0) >= (last?.seq ?? 1) && row?.conversation.last.text === "the end") return [];
  return [`${id}: the row stands at ${row?.conversation.head} with "${row?.conversation.last.text}", want ${last?.seq}`];
}

function markWrongs(world: World, id: string): string[] {
  const mark = unreadOf(world.state, id);
  const want = unreadIn(world, id, mark.read);
  return !mark.rough && world.watched.has(id) && mark.unread !== want
    ? [`${id}: ${mark.unread} unread after ${mark.read}, want ${want}`]
    : [];
}

test("reducer: whatever the line does, the client ends where the server is", () => {
  for (let seed = 1; seed <= seeds; seed++) expect({ seed, wrongs: wrongs(play(seed, reduce)) }).toEqual({ seed, wrongs: [] });
});

test("reducer: no state is changed in place", () => {
  const frozen = (state: State, input: Input) => deepFreeze(reduce(state, deepFreeze(input)));
  for (let seed = 1; seed <= 100; seed++) expect(() => play(seed, frozen)).not.toThrow();
});

function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  const parts = value instanceof Map ? value.values() : value instanceof Set ? value : Object.values(value);
  for (const part of parts) deepFreeze(part);
  return value;
}

/** Each is a reducer with one thing wrong: the law above must find it. */
const faults: Record<string, (state: State, input: Input) => State> = {
  "an event twice is two events": (state, input) => {
    const next = reduce(state, input);
    if (input.type !== "frame" || input.frame.type !== "event") return next;
    const event = input.frame.event;
    const before = state.talks.get(event.conversation);
    const talk = next.talks.get(event.conversation);
    if (talk === undefined || !before?.events.some((e) => e.seq === event.seq)) return next;
    return { ...next, talks: new Map(next.talks).set(talk.id, { ...talk, events: [...talk.events, event] }) };
  },
  "a gap is not noticed": (state, input) => {
    const next = reduce(state, input);
    return { ...next, talks: new Map([...next.talks].map(([id, talk]) => [id, { ...talk, through: talk.head }])) };
  },
  "a hole that nobody fills is asked for again and again": (state, input) =>
    reduce(state, input.type === "newer" ? { ...input, gap: { ...input.gap, upto: 0 } } : input),
  "an edit is only a line": (state, input) => reduce(state, defuse(input, "edit")),
  "what was taken back stays": (state, input) => reduce(state, defuse(input, "redact")),
  "an old row replaces a newer one": (state, input) => {
    const next = reduce(state, input);
    if (input.type !== "opened") return next;
    return { ...next, rows: new Map(next.rows).set(input.opened.row.conversation.id, input.opened.row) };
  },
  "a snapshot forgets what came while it was loading": (state, input) => {
    if (input.type !== "opened") return reduce(state, input);
    const id = input.opened.row.conversation.id;
    return reduce({ ...state, talks: new Map(), rows: new Map([...state.rows].filter(([key]) => key !== id)) }, input);
  },
  "a reset keeps the old events": (state, input) => {
    const next = reduce(state, input);
    return { ...next, talks: new Map([...next.talks].map(([id, talk]) => [id, { ...talk, stale: false, head: talk.through }])) };
  },
  "one's own words are unread": (state, input) => {
    const next = reduce(state, input);
    return next.me === undefined ? next : { ...next, me: { ...next.me, id: "a_other" } };
  },
  "an event is counted each time it comes": (state, input) => {
    const next = reduce(state, input);
    const event = input.type === "frame" && input.frame.type === "event" ? input.frame.event : undefined;
    const mark = state.marks.get(event?.conversation ?? "");
    if (event === undefined || mark === undefined || event.seq > mark.upto || event.kind !== "message")
      return { ...next, talks: new Map() };
    return { ...next, talks: new Map(), marks: new Map(next.marks).set(event.conversation, { ...mark, unread: mark.unread + 1 }) };
  },
  "a number is kept though the events say otherwise": (state, input) => {
    const next = reduce(state, input);
    const rough = [...next.marks].map(([id, mark]): [string, typeof mark] => [id, { ...mark, rough: false }]);
    return { ...next, marks: new Map(rough), talks: new Map([...next.talks].filter(([id]) => id === "c_1")) };
  },
};

function defuse(input: Input, kind: "edit" | "redact"): Input {
  const text = JSON.stringify(input, (_, value: unknown) => {
    const event = value as { kind?: string } | null;
    if (typeof event !== "object" || event === null || event.kind !== kind) return value;
    return { ...event, body: { target: 0 } };
  });
  return JSON.parse(text) as Input;
}

test.each(Object.keys(faults))("reducer: the law finds a planted fault: %s", (name) => {
  const broken = faults[name];
  if (broken === undefined) throw new Error("no such fault");
  const found = Array.from({ length: seeds }, (_, i) => i + 1).some((seed) => wrongs(play(seed, broken)).length > 0);
  expect(found).toBe(true);
});

test("reducer: a playbook that is saved while the page is open is known in its newest version", () => {
  const saved = (seq: number): Input => {
    const body: Playbook = { group: "g_1", version: seq, transfer: { held: {} }, group_chat: {}, jump_in: { when: `version ${seq}` } };
    const actor = { kind: "agent", id: "a_1", name: "Ann" } as const;
    const event = {
      id: `e_${seq}`,
      conversation: "team",
      seq,
      kind: "playbook.changed",
      actor,
      audience: "agents",
      at: seq,
      body,
    } as const;
    return { type: "frame", frame: { type: "event", cursor: `c${seq}`, event } };
  };
  const state = [saved(1), saved(2)].reduce(reduce, empty());
  expect(state.playbooks.get("g_1")?.jump_in.when).toBe("version 2");
  expect(state.playbooks.get("g_2")).toBeUndefined();
});
