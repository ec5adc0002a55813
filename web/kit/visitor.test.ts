import { expect, test } from "vitest";
import { dice } from "./random.testing.ts";
import { hasGap } from "./talk.ts";
import { emptyVisitor, reduceVisitor, type VisitorInput, type VisitorState } from "./visitor.ts";
import type { Event, Queued, VisitorView } from "./wire.ts";

const self = { id: "v_1", name: "", conversation: "c_1" };

function event(seq: number, kind: string, by: string, body: object): Event {
  const actor = by === "v" ? { kind: "visitor", id: "v_1" } : { kind: "agent", id: by, name: by };
  return { id: `e_${seq}`, conversation: "c_1", seq, kind, actor, audience: "all", at: seq * 1000, body } as unknown as Event;
}

function frame(e: Event): VisitorInput {
  return { type: "frame", frame: { type: "event", cursor: String(e.seq), event: e } };
}

function view(log: readonly Event[], last = 4, before = Number.POSITIVE_INFINITY): VisitorView {
  const events = log.filter((e) => e.seq < before);
  const seen = (side: string) => Math.max(0, ...log.flatMap((e) => (e.kind === "seen" && e.body.side === side ? [e.body.upto] : [])));
  const closed = log.findLast((e) => e.kind === "thread.closed" || e.kind === "message")?.kind === "thread.closed";
  return {
    visitor: self,
    cursor: String(log.length),
    events: events.slice(-last),
    more: events.length > last,
    seen_visitor: seen("visitor"),
    seen_team: seen("team"),
    open: log.length > 0 && !closed,
    lead: "",
  };
}

type Reduce = (state: VisitorState, input: VisitorInput) => VisitorState;

/** play is a conversation over a bad line, healed at the end; it answers what the widget shows wrongly. */
function play(seed: number, reduce: Reduce): string[] {
  const d = dice(seed);
  let log: Event[] = [];
  let state = emptyVisitor();
  const line: Event[] = [];
  const late: VisitorInput[] = [];
  const take = (input: VisitorInput) => {
    state = reduce(state, input);
  };
  const happen = () => {
    const seq = log.length + 1;
    const own = log.filter((e) => e.kind === "message" && !e.body.emptied);
    const roll = d.below(10);
    let e = event(seq, "message", d.pick(["v", "Mia"]), { text: `m${seq}` });
    if (roll === 0 && own.length > 0) e = event(seq, "edit", "Mia", { vtarget: d.pick(own).seq, text: `edited ${seq}` });
    if (roll === 1 && own.length > 0) e = event(seq, "redact", "Mia", { vtarget: d.pick(own).seq });
    if (roll === 2) e = event(seq, "seen", "Mia", { side: "team", upto: d.below(seq) });
    log = [...log, e].map((old) => changed(old, e));
    line.push(e);
    if (e.actor.kind === "visitor") late.push({ type: "done", done: { visitor: self, events: [e], again: false } });
  };
  for (let i = 0; i < 80; i++) {
    const roll = d.below(100);
    if (roll < 35) happen();
    else if (roll < 65) for (const e of line.splice(0, 1)) take(frame(e));
    else if (roll < 72) line.splice(d.below(line.length + 1), 1);
    else if (roll < 78) late.push({ type: "view", view: view(log) });
    else if (roll < 84 && state.talk?.more)
      late.push({ type: "older", before: state.talk.events[0]?.seq ?? 0, view: view(log, 3, state.talk.events[0]?.seq) });
    else if (roll < 90 && line[0] !== undefined) take(frame(line[0]));
    else for (const input of late.splice(d.below(late.length + 1), 1)) take(input);
  }
  take({ type: "view", view: view(log) });
  happen();
  for (const e of line.splice(0)) take(frame(e));
  for (const input of late) take(input);
  for (let i = 0; i < 3 && state.talk !== undefined && hasGap(state.talk); i++) take({ type: "view", view: view(log) });
  return wrongs(state, log);
}

function changed(old: Event, by: Event): Event {
  const target = by.kind === "edit" || by.kind === "redact" ? by.body.vtarget : 0;
  if (old.seq !== target || old.kind !== "message") return old;
  return { ...old, body: by.kind === "edit" ? { ...old.body, text: by.body.text, edited: by.at } : { text: "", emptied: by.at } };
}

function wrongs(state: VisitorState, log: readonly Event[]): string[] {
  const talk = state.talk;
  if (talk === undefined) return ["nothing is shown"];
  const want = log.filter((e) => e.seq >= (talk.events[0]?.seq ?? 0));
  const wrong: string[] = [];
  if (JSON.stringify(talk.events) !== JSON.stringify(want))
    wrong.push(`shows ${JSON.stringify(talk.events)}, want ${JSON.stringify(want)}`);
  if (hasGap(talk)) wrong.push("a gap stays");
  if (talk.seenTeam !== view(log).seen_team) wrong.push(`seen ${talk.seenTeam}`);
  return wrong;
}

test("visitor: whatever the line does, the widget ends where the server is", () => {
  for (let seed = 1; seed <= 2000; seed++) expect({ seed, wrongs: play(seed, reduceVisitor) }).toEqual({ seed, wrongs: [] });
});

test.each<[string, Reduce]>([
  ["a gap is not noticed", (state, input) => full(reduceVisitor(state, input))],
  [
    "an answer to the POST stands beside its event",
    (state, input) => (input.type === "done" ? twice(reduceVisitor(state, input), input.done.events) : reduceVisitor(state, input)),
  ],
  ["what was read is forgotten by a snapshot", (state, input) => reduceVisitor(input.type === "view" ? emptyVisitor() : state, input)],
])("visitor: the law finds a planted fault: %s", (_, broken) => {
  const found = Array.from({ length: 500 }, (_, i) => i + 1).some((seed) => play(seed, broken).length > 0);
  expect(found).toBe(true);
});

function full(state: VisitorState): VisitorState {
  return state.talk === undefined ? state : { ...state, talk: { ...state.talk, through: state.talk.head } };
}

function twice(state: VisitorState, events: readonly Event[]): VisitorState {
  return state.talk === undefined ? state : { ...state, talk: { ...state.talk, events: [...state.talk.events, ...events] } };
}

test("visitor: who answers and whether the chat is open follow the events", () => {
  const story = (...events: Event[]) => {
    const begun = reduceVisitor(emptyVisitor(), { type: "view", view: view([]) });
    const { open, lead } = events.map(frame).reduce(reduceVisitor, begun);
    return { open, lead };
  };
  const said = event(1, "message", "v", { text: "hi" });
  const assigned = event(2, "assign", "Mia", { lead: "a", lead_name: "Mia" });
  expect(story(said)).toEqual({ open: true, lead: "" });
  expect(story(said, assigned)).toEqual({ open: true, lead: "Mia" });
  expect(story(said, assigned, event(3, "thread.requeued", "", {}))).toEqual({ open: true, lead: "" });
  expect(story(said, assigned, event(3, "thread.closed", "Mia", { reason: "resolved" }))).toEqual({ open: false, lead: "" });
});

test("visitor: who is asked changes nothing of who answers; what is held has a promise and no place", () => {
  const story = (...events: Event[]) =>
    events.reduce((state, e) => reduceVisitor(state, frame(e)), reduceVisitor(emptyVisitor(), { type: "view", view: view([]) }));
  const led = event(1, "assign", "Mia", { lead_name: "Mia" });
  const asked = story(led, event(2, "transfer", "Mia", { by_name: "Mia", to_name: "Ben" }));
  expect(asked).toMatchObject({ open: true, lead: "Mia", queue: undefined });
  const held = story(led, event(2, "thread.requeued", "Mia", {}), event(3, "hold", "Mia", { to_name: "Ben", way: "wait", due: 9 }));
  expect(held).toMatchObject({ open: true, lead: "", queue: undefined });
});

test("visitor: typing ends with the message, with off, and by itself", () => {
  const typing = (on: boolean): VisitorInput => ({
    type: "frame",
    frame: {
      type: "signal",
      signal: { kind: "typing", conversation: "c_1", actor: { kind: "agent", id: "a", name: "Mia" }, audience: "all", on, expires: 500 },
    },
  });
  const begun = reduceVisitor(reduceVisitor(emptyVisitor(), { type: "view", view: view([]) }), typing(true));
  expect(begun.typing?.actor.name).toBe("Mia");
  expect(reduceVisitor(begun, typing(false)).typing).toBeUndefined();
  expect(reduceVisitor(begun, { type: "tick", now: 499 }).typing).toBeDefined();
  expect(reduceVisitor(begun, { type: "tick", now: 500 }).typing).toBeUndefined();
  expect(reduceVisitor(begun, frame(event(1, "message", "Mia", { text: "hi" }))).typing).toBeUndefined();
});

function stands(data?: Queued): VisitorInput {
  const signal = {
    kind: "queue",
    conversation: "c_1",
    actor: { kind: "system" },
    audience: "all",
    on: data !== undefined,
    expires: 0,
  } as const;
  return { type: "frame", frame: { type: "signal", signal: data === undefined ? signal : { ...signal, data } } };
}

test("visitor: a place in the queue never rises without a word; the range is told instead", () => {
  const told = (...inputs: VisitorInput[]) => {
    const begun = reduceVisitor(emptyVisitor(), {
      type: "view",
      view: { ...view([]), queue: { position: 3, wait: { from: 1, to: 2 }, group: "g_1" } },
    });
    const { queue } = inputs.reduce(reduceVisitor, begun);
    return queue && { position: queue.position, to: queue.wait?.to };
  };
  const at = (position: number | undefined, to: number, group = "g_1") =>
    stands({ ...(position === undefined ? {} : { position }), wait: { from: to - 1, to }, group });
  expect(told()).toEqual({ position: 3, to: 2 });
  expect(told(at(2, 1))).toEqual({ position: 2, to: 1 });
  expect(told(at(4, 2))).toEqual({ position: undefined, to: 2 });
  expect(told(at(4, 2), at(4, 1))).toEqual({ position: undefined, to: 1 });
  expect(told(at(4, 2), at(3, 1))).toEqual({ position: 3, to: 1 });
  expect(told(at(undefined, 2), at(5, 2))).toEqual({ position: undefined, to: 2 });
  expect(told({ type: "view", view: { ...view([]), queue: { position: 9, wait: { from: 2, to: 3 }, group: "g_1" } } })).toEqual({
    position: undefined,
    to: 3,
  });
  expect(told(at(9, 3, "g_2"))).toEqual({ position: 9, to: 3 });
  expect(told(stands())).toBeUndefined();
});

test("visitor: waiting, the offer of an e-mail and the answer to it follow the events", () => {
  const story = (...events: Event[]) => {
    const begun = reduceVisitor(emptyVisitor(), { type: "view", view: { ...view([]), queue: { position: 2, group: "g_1" } } });
    const { lead, mail, queue } = events.map(frame).reduce(reduceVisitor, begun);
    return { lead, mail, waits: queue !== undefined };
  };
  const offered = event(1, "mail.offered", "", { cause: "max_wait" });
  const mail = { offered: "max_wait" };
  expect(story(offered)).toEqual({ lead: "", mail, waits: true });
  expect(story(offered, event(2, "mail.answered", "v", { accepted: false }))).toEqual({
    lead: "",
    mail: { ...mail, answered: true, accepted: false },
    waits: true,
  });
  expect(story(offered, event(2, "mail.answered", "v", { accepted: true }))).toEqual({
    lead: "",
    mail: { ...mail, answered: true, accepted: true },
    waits: false,
  });
  const assigned = event(2, "assign", "Mia", { lead: "a", lead_name: "Mia" });
  expect(story(offered, assigned)).toEqual({ lead: "Mia", mail: undefined, waits: false });
  expect(story(offered, assigned, event(3, "thread.moved", "", { public_name: "Billing" }))).toEqual({
    lead: "",
    mail: undefined,
    waits: true,
  });
  expect(story(offered, event(2, "thread.closed", "", { reason: "abandoned" }))).toEqual({ lead: "", mail: undefined, waits: false });
});

test("visitor: a snapshot tells where he stands, and that he stands nowhere", () => {
  const first = reduceVisitor(emptyVisitor(), {
    type: "view",
    view: { ...view([]), queue: { position: 1 }, mail: { offered: "full", answered: true, accepted: false } },
  });
  expect([first.queue?.position, first.mail?.offered]).toEqual([1, "full"]);
  const second = reduceVisitor(first, { type: "view", view: view([]) });
  expect([second.queue, second.mail]).toEqual([undefined, undefined]);
});
