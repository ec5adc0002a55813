import { expect, test } from "vitest";
import { type State, empty } from "$kit/reducer.ts";
import type { Down, Event, EventOfKind, Help, Row, Thread } from "$kit/wire.ts";
import { calmed, noticeOf } from "./notice";

function row(lead: string, state: "queued" | "active" | "closed" = "active"): Row {
  return {
    conversation: {
      id: "c_1",
      kind: "customer",
      head: 5,
      vhead: 5,
      seen_visitor: 0,
      seen_team: 0,
      last: { seq: 5, kind: "message", by: "visitor", text: "hello", at: 1 },
    },
    thread: {
      id: "t_1",
      conversation: "c_1",
      number: 1,
      state,
      group: "g_1",
      policy: "open",
      lead,
      members: [],
      started_at: 1,
      version: 1,
    },
    visitor: { id: "v_1", site: "s_1", name: "Zoë", since: 1, seen: 1, conversation: "c_1" },
  };
}

const knowing = (known: Row): State => ({ ...empty(), rows: new Map([["c_1", known]]) });

function message(seq: number, actor: Event["actor"]): Down {
  const event: Event = {
    id: "e_1",
    conversation: "c_1",
    thread: "t_1",
    seq,
    vseq: seq,
    kind: "message",
    actor,
    audience: "all",
    at: 1,
    body: { text: "hello" },
  };
  return { type: "event", cursor: "x", event };
}

test("words of others in what I take part in are told", () => {
  expect(noticeOf(message(6, { kind: "visitor", id: "v_1", name: "Zoë" }), knowing(row("me")), "me")?.kind).toBe("message");
  expect(noticeOf(message(6, { kind: "agent", id: "other" }), knowing(row("me")), "me")?.kind).toBe("message");
});

test("own acts, conversations of others, and what was known already are not", () => {
  expect(noticeOf(message(6, { kind: "agent", id: "me" }), knowing(row("me")), "me")).toBeNull();
  expect(noticeOf(message(6, { kind: "visitor", id: "v_1" }), knowing(row("other")), "me")).toBeNull();
  expect(noticeOf(message(5, { kind: "visitor", id: "v_1" }), knowing(row("me")), "me")).toBeNull();
});

test("a chat that somebody else, or the distribution, gives me is told, unless it has rung for me or I took it", () => {
  const assign = (lead: string, actor: Event["actor"], seq = 6): Down =>
    ({
      type: "event",
      cursor: "x",
      event: {
        conversation: "c_1",
        thread: "t_1",
        seq,
        kind: "assign",
        actor,
        audience: "all",
        at: 1,
        body: { lead, lead_name: "", why: "", cause: "routing", waited_ms: 0 },
      },
    }) as unknown as Down;
  const system: Event["actor"] = { kind: "system" };
  const rang = row("", "queued");
  if (rang.thread) rang.thread.offers = [{ agent: "me", at: 1, deadline: 2 }] as NonNullable<Thread["offers"]>;
  expect(noticeOf(assign("me", system), empty(), "me")).toMatchObject({ kind: "assigned", conversation: "c_1" });
  expect(noticeOf(assign("me", { kind: "agent", id: "boss" }), knowing(row("", "queued")), "me")).toMatchObject({
    kind: "assigned",
    name: "Zoë",
  });
  expect(noticeOf(assign("me", { kind: "agent", id: "me" }), knowing(row("", "queued")), "me")).toBeNull();
  expect(noticeOf(assign("ben", system), knowing(row("", "queued")), "me")).toBeNull();
  expect(noticeOf(assign("me", system), knowing(rang), "me")).toBeNull();
  expect(noticeOf(assign("me", system, 5), knowing(row("", "queued")), "me")).toBeNull();
});

test("a conversation that goes back to the queue is told, but not to who put it there", () => {
  const back: Down = { type: "row", row: row("", "queued") };
  expect(noticeOf(back, knowing(row("other")), "me")?.kind).toBe("queued");
  expect(noticeOf(back, knowing(row("me")), "me")).toBeNull();
  const event = (by: string): Down => ({
    type: "event",
    cursor: "x",
    event: {
      id: "e_1",
      conversation: "c_1",
      thread: "t_1",
      seq: 6,
      vseq: 6,
      kind: "thread.requeued",
      actor: { kind: "system" },
      audience: "all",
      at: 1,
      body: {
        queued_at: 1,
        by,
        by_name: by,
        why: "",
        cause: "agent",
        previous: by,
        access: { before: { group: "g", policy: "open" }, after: { group: "g", policy: "open" } },
      },
    },
  });
  expect(noticeOf(event("other"), knowing(row("other")), "me")?.kind).toBe("queued");
  expect(noticeOf(event("me"), knowing(row("me")), "me")).toBeNull();
});

test("a visitor who begins to wait is told once", () => {
  const queued: Down = { type: "row", row: row("", "queued") };
  expect(noticeOf(queued, empty(), "me")?.kind).toBe("queued");
  expect(noticeOf(queued, knowing(row("", "queued")), "me")).toBeNull();
  expect(noticeOf(queued, knowing(row("", "closed")), "me")?.kind).toBe("queued");
  expect(noticeOf({ type: "row", row: row("other") }, empty(), "me")).toBeNull();
});

test("a first reply that is due is told once, to who leads, from an event or a row", () => {
  const due = (agent: string) =>
    ({
      id: "e_1",
      conversation: "c_1",
      thread: "t_1",
      seq: 6,
      kind: "reply.due",
      actor: { kind: "system" },
      audience: "agents",
      at: 1,
      body: { agent, agent_name: "", deadline: 2, why: "" },
    }) as Event;
  const frame = (event: Event): Down => ({ type: "event", cursor: "x", event });
  expect(noticeOf(frame(due("me")), knowing(row("me")), "me")?.kind).toBe("due");
  expect(noticeOf(frame(due("ben")), knowing(row("ben")), "me")).toBeNull();

  const warned = (lead: string): Row => {
    const base = row(lead);
    return { ...base, thread: { ...(base.thread as NonNullable<Row["thread"]>), warned_at: 7 } };
  };
  expect(noticeOf({ type: "row", row: warned("me") }, knowing(row("me")), "me")?.kind).toBe("due");
  expect(noticeOf({ type: "row", row: warned("me") }, knowing(warned("me")), "me")).toBeNull();
  expect(noticeOf({ type: "row", row: warned("ben") }, knowing(row("ben")), "me")).toBeNull();
});

test("what rings for a colleague, or waits in another group, is not told to the others", () => {
  const waiting = row("", "queued");
  const thread = waiting.thread as NonNullable<Row["thread"]>;
  const offered: Row = { ...waiting, thread: { ...thread, offers: [{ agent: "ben", at: 1, deadline: 9 }] } };
  expect(noticeOf({ type: "row", row: offered }, empty(), "me")).toBeNull();
  const of = (groups: string[]): State => ({
    ...empty(),
    me: { id: "me", name: "", email: "", role: "agent", status: "accepting", limit: 4, groups },
  });
  expect(noticeOf({ type: "row", row: waiting }, of(["g_1"]), "me")?.kind).toBe("queued");
  expect(noticeOf({ type: "row", row: waiting }, of(["g_2"]), "me")).toBeNull();
});

test("that everybody was asked in vain is told once a round, to who supervises the group", () => {
  const waiting = row("", "queued");
  const thread = waiting.thread as NonNullable<Row["thread"]>;
  const after = (round: number): Row => ({ ...waiting, thread: { ...thread, round } });
  const seen = (before: Row | null, role: "agent" | "supervisor", classes?: Record<string, "supervisor" | "first">): State => ({
    ...(before ? knowing(before) : empty()),
    me: {
      id: "me",
      name: "",
      email: "",
      role,
      status: "accepting",
      limit: 4,
      groups: Object.keys(classes ?? {}),
      ...(classes ? { classes } : {}),
    },
  });
  const frame: Down = { type: "row", row: after(1) };
  expect(noticeOf(frame, seen(waiting, "supervisor"), "me")?.kind).toBe("alarm");
  expect(noticeOf(frame, seen(waiting, "agent", { g_1: "supervisor" }), "me")?.kind).toBe("alarm");
  expect(noticeOf(frame, seen(waiting, "agent", { g_2: "supervisor", g_1: "first" }), "me")).toBeNull();
  expect(noticeOf(frame, seen(after(1), "supervisor"), "me")).toBeNull();
  expect(noticeOf({ type: "row", row: after(2) }, seen(after(1), "supervisor"), "me")?.kind).toBe("alarm");
});

test("a chat that is passed on again and again is told to who supervises its group", () => {
  const base = row("other");
  const thread = base.thread as NonNullable<Row["thread"]>;
  const passed = (times: number): Row => ({
    ...base,
    thread: { ...thread, passed: Array.from({ length: times }, () => ({ by: "other", group: "g_1", at: 1 })) },
  });
  const told = (times: number, before: number, role: "agent" | "supervisor") => {
    const state: State = {
      ...knowing(passed(before)),
      me: { id: "me", name: "", email: "", role, status: "accepting", limit: 4, groups: [] },
    };
    return noticeOf({ type: "row", row: passed(times) }, state, "me")?.kind;
  };
  expect(told(4, 3, "supervisor")).toBe("hops");
  expect([told(3, 2, "supervisor"), told(4, 4, "supervisor"), told(4, 3, "agent")]).toEqual([undefined, undefined, undefined]);
});

test("a note that calls me is told wherever I am, and opens at its place", () => {
  const called: Event = {
    id: "e_2",
    conversation: "agent:me",
    seq: 1,
    kind: "mentioned",
    actor: { kind: "agent", id: "other", name: "Bob" },
    audience: "agents",
    at: 1,
    body: { conversation: "c_1", thread: "t_1", seq: 7, by: "other", by_name: "Bob" },
  };
  const told = noticeOf({ type: "event", cursor: "x", event: called }, empty(), "me");
  expect(told).toMatchObject({ kind: "mention", conversation: "c_1", at: 7, name: "Bob", tag: "c_1:7" });
});

test("a card of a known customer is quiet", () => {
  const event = {
    id: "e_3",
    conversation: "agent:me",
    seq: 1,
    kind: "knows",
    actor: { kind: "system" },
    audience: "agents",
    at: 1,
    body: {},
  };
  expect(noticeOf({ type: "event", cursor: "x", event: event as unknown as Event }, knowing(row("other")), "me")).toBeNull();
});

test("a promised answer that is due is told to those whom the server names, and to nobody else", () => {
  const promise = { seq: 3, group: "g_1", by: "ann", way: "wait" as const, at: 1, due: 9, soon_at: 7 };
  const due = (tell: string[]): Down => {
    const event = { ...message(6, { kind: "system" }) };
    if (event.type !== "event") throw new Error("no event");
    const body = { promise, stage: "overdue", tell, why: "" };
    return { ...event, event: { ...event.event, kind: "promise.due", audience: "agents", body } as unknown as Event };
  };
  expect(noticeOf(due(["me", "ben"]), knowing(row("ben")), "me")).toMatchObject({ kind: "promise.overdue", name: "Zoë" });
  expect(noticeOf(due(["ben"]), knowing(row("me")), "me")).toBeNull();
});

test("what is held for a colleague rings nobody, until it is for whoever is there", () => {
  const waiting = row("", "queued");
  const held = { ...waiting, thread: { ...waiting.thread, held: { kind: "agent", agent: "a_ben", group: "g_1" } } } as Row;
  expect(noticeOf({ type: "row", row: held }, knowing(row("other")), "me")).toBeNull();
  expect(noticeOf({ type: "row", row: held }, empty(), "me")).toBeNull();
  expect(noticeOf({ type: "row", row: waiting }, knowing(held), "me")?.kind).toBe("queued");
});

const cleo = { id: "a_cleo", name: "Cleo", email: "", role: "supervisor", status: "accepting", limit: 4, groups: [] } as const;
const flagged = (help?: Help): Row => {
  const one = row("other");
  return { ...one, thread: { ...(one.thread as Thread), ...(help ? { help } : {}) } };
};
const free: Help = { since: 7, cause: "asked", by: "other" };
const taken: Help = { ...free, taken_by: "a_dan", taken_at: 8 };
const supervising = (known: Row): State => ({ ...knowing(known), me: { ...cleo, groups: [] } });
const told = <K extends "help" | "help.taken" | "help.returned" | "help.cleared">(kind: K, body: EventOfKind<K>["body"]): Down => ({
  type: "event",
  cursor: "x",
  event: {
    id: "e_2",
    conversation: "c_1",
    thread: "t_1",
    seq: 6,
    vseq: 0,
    kind,
    actor: { kind: "agent", id: "a_dan" },
    audience: "agents",
    at: 9,
    body,
  } as Event,
});

test("supervisors are called by a flag that nobody has taken, and again when it is given back", () => {
  const raised = told("help", { cause: "asked", by: "other" });
  expect(noticeOf(raised, supervising(flagged()), cleo.id)?.tag).toBe("c_1:help:9");
  expect(noticeOf(raised, supervising(flagged(taken)), cleo.id)).toBeNull();
  expect(noticeOf(told("help.taken", { by: "a_dan", by_name: "Dan", waited_ms: 5 }), supervising(flagged(free)), cleo.id)).toBeNull();
  const back = told("help.returned", { by: "a_dan", by_name: "Dan", how: "hand" });
  expect(noticeOf(back, supervising(flagged(taken)), cleo.id)?.tag).toBe("c_1:help:7:again");
  expect(noticeOf(back, knowing(flagged(taken)), "a_member")).toBeNull();
});

test("a row calls supervisors by what is different in it", () => {
  const frame = (help?: Help): Down => ({ type: "row", row: flagged(help) });
  const calls = (now: Help | undefined, before: Help | undefined) => noticeOf(frame(now), supervising(flagged(before)), cleo.id)?.kind;
  expect([calls(free, undefined), calls(free, taken), calls({ ...free, since: 9 }, free)]).toEqual(["help", "help", "help"]);
  expect([calls(free, free), calls(taken, free), calls(taken, undefined), calls(undefined, free)]).toEqual(Array(4).fill(undefined));
});

test("the call is over for everybody when somebody comes, or it is lowered", () => {
  const known = supervising(flagged(free));
  expect(calmed(told("help.taken", { by: "a_dan", by_name: "Dan", waited_ms: 5 }), known)).toBe("c_1");
  expect(calmed(told("help.cleared", { how: "hand" }), known)).toBe("c_1");
  expect(calmed({ type: "row", row: flagged(taken) }, known)).toBe("c_1");
  expect(calmed({ type: "row", row: flagged() }, known)).toBe("c_1");
  expect(calmed({ type: "row", row: flagged(free) }, known)).toBe("");
  expect(calmed({ type: "row", row: flagged(taken) }, supervising(flagged(taken)))).toBe("");
  expect(calmed(told("help.returned", { by: "a_dan", by_name: "Dan", how: "gone" }), supervising(flagged(taken)))).toBe("");
});
