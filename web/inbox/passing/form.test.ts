import { expect, test } from "vitest";
import type { TransferChapter } from "$kit/playbook-api.ts";
import type { TargetAgent, TargetGroup, Targets } from "$kit/targets-api.ts";
import type { Event, Group, Thread } from "$kit/wire.ts";
import { keepPass, loadPass } from "./draft";
import {
  type Facts,
  type Pass,
  asSaid,
  barredOf,
  bodyOf,
  chapterFor,
  deviatedOf,
  holdOf,
  moveOf,
  newPass,
  problemsOf,
  ringsOf,
  sayOf,
  wayOf,
  waysOf,
} from "./form";
import { found, optionsOf } from "./options";
import { outcomeOf } from "./outcome";

const thread: Thread = {
  id: "t_1",
  conversation: "c_1",
  number: 1,
  state: "active",
  group: "first",
  policy: "open",
  lead: "ann",
  members: ["dan"],
  started_at: 1,
  version: 1,
};
const agent = (id: string, more: Partial<TargetAgent> = {}): TargetAgent => ({
  agent: id,
  name: id.charAt(0).toUpperCase() + id.slice(1),
  status: "accepting",
  present: true,
  takes: true,
  room: true,
  load: 0,
  limit: 400,
  groups: ["billing"],
  ...more,
});
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
const targets: Targets = {
  agents: [
    agent("ann", { bar: "lead", groups: ["first"] }),
    agent("ben", { room: false, topics: ["invoices"] }),
    agent("cleo"),
    agent("dan", { takes: false, status: "away" }),
    agent("eve", { takes: false, present: false, status: "offline" }),
  ],
  groups: [
    group("first", { bar: "here", askable: 0, ask_free: 0 }),
    group("billing", { ask_free: 0 }),
    group("night", { state: "offline" }),
  ],
  suggestions: [{ group: "billing", why: "12 of 14" }],
};
const options = optionsOf(targets, thread, "ann", true);
const option = (key: string) => {
  const one = options.find((o) => o.key === key);
  if (one === undefined) throw new Error(key);
  return one;
};
const chapter: TransferChapter = {
  reasons: [
    { code: "invoice", label: "Invoice" },
    { code: "refund", label: "Refund" },
  ],
  questions: [
    { id: "q1", text: "Number?", required: true, reasons: ["invoice"] },
    { id: "q2", text: "Since when?" },
  ],
  say: "Ben knows invoices.",
  held: { way: "wait", say: "Ben is back soon." },
};
const noon = Date.parse("2026-03-05T12:00:00Z") * 1000;
const facts = (key: string, more: Partial<Facts> = {}): Facts => ({
  option: option(key),
  thread,
  chapter: { held: {} },
  own: undefined,
  next: undefined,
  email: "",
  writes: true,
  hosts: true,
  now: noon,
  ...more,
});
const pass = (more: Partial<Pass> = {}): Pass => ({ ...newPass("t_1"), ...more });
const fields = (p: Pass, f: Facts) => problemsOf(p, f).map((x) => Object.values(x).join(" "));

test("targets: what is suggested first, then who can take it soonest; the sender is none, and what is barred stands last", () => {
  expect(options.map((o) => `${o.section} ${o.key} ${o.stand}`)).toEqual([
    "suggested group billing full",
    "anyone anyone absent",
    "agents agent cleo free",
    "agents agent ben full",
    "agents agent dan asked",
    "agents agent eve absent",
    "groups group night absent",
    "groups group first absent",
  ]);
  expect(option("group first").bar).toBe("here");
});

test("targets: a name, a group or a topic finds them, with or without marks", () => {
  expect(found(options, "clé", (id) => id).map((o) => o.key)).toEqual(["agent cleo"]);
  expect(found(options, "inv", (id) => id).map((o) => o.key)).toEqual(["agent ben"]);
  expect(found(options, "bil", (id) => id).map((o) => o.key)).toEqual([
    "group billing",
    "agent cleo",
    "agent ben",
    "agent dan",
    "agent eve",
  ]);
  expect(found(options, "", (id) => id)).toHaveLength(options.length);
});

test("targets: what waits in a queue goes to another group's queue and to nobody else", () => {
  expect(new Set(optionsOf(targets, { ...thread, state: "queued" }, "ann", true).map((o) => o.kind))).toEqual(new Set(["group"]));
});

test("way: who is there is asked, who is not has it held, and a group's queue is a choice", () => {
  expect(wayOf(pass(), facts("agent ben"))).toBe("ask");
  expect(wayOf(pass(), facts("agent dan"))).toBe("ask");
  expect(wayOf(pass(), facts("agent eve"))).toBe("hold");
  expect(wayOf(pass({ how: "queue" }), facts("group billing"))).toBe("queue");
  expect(wayOf(pass({ how: "queue" }), facts("agent ben"))).toBe("ask");
  expect(wayOf(pass({ how: "hold" }), facts("agent ben"))).toBe("hold");
  expect(waysOf(facts("group billing"))).toEqual(["ask", "hold", "queue"]);
  expect(waysOf(facts("group night"))).toEqual(["hold", "queue"]);
});

test("way: a member, who does not lead it, asks and nothing else; whom he would have to hold it for is none for him, and says why", () => {
  const member = { hosts: false };
  expect(waysOf(facts("agent ben", member))).toEqual(["ask"]);
  expect(wayOf(pass({ how: "hold" }), facts("agent ben", member))).toBe("ask");
  expect(waysOf(facts("group billing", member))).toEqual(["ask"]);
  expect(barredOf(pass(), facts("agent ben", member))).toBeNull();
  expect(barredOf(pass(), facts("agent eve", member))).toBe("held");
  expect(barredOf(pass(), facts("agent eve"))).toBeNull();
  const bars = (hosts: boolean) => optionsOf(targets, thread, "dan", hosts).flatMap((o) => (o.bar === "held" ? [o.key] : []));
  expect(bars(false)).toEqual(["anyone", "agent eve", "group night"]);
  expect(bars(true)).toEqual([]);
});

test("way: what the server says about a target counts until the list says it, too, and what was typed stays", () => {
  const typed = pass({
    code: "refund",
    summary: "has paid twice",
    held: "mail",
    email: "mia@home.example",
    deviation: "so",
    due: noon + 9e9,
  });
  const eve = facts("agent eve", { chapter });
  expect(wayOf(typed, eve)).toBe("hold");
  const back = { ...eve, option: asSaid(eve.option, { key: "agent eve", there: true }) };
  expect(wayOf(typed, back)).toBe("ask");
  expect(bodyOf(typed, back)).toMatchObject({ reason: "refund", summary: "has paid twice" });
  const still = { ...typed, how: "hold" as const };
  expect(holdOf(still, back, false)).toMatchObject({ way: "mail", email: "mia@home.example", deviation: "so", due: noon + 9e9 });
  const ben = facts("agent ben");
  expect(asSaid(ben.option, { key: "agent ben", there: false }).stand).toBe("absent");
  expect(asSaid(ben.option, { key: "agent ben", there: true })).toBe(ben.option);
  expect(asSaid(ben.option, { key: "agent eve", there: false })).toBe(ben.option);
  expect(asSaid(ben.option, null)).toBe(ben.option);
});

test("anyone else: whoever could take it, which the server counts without lead, sender and the group's supervisors", () => {
  const stands = (more: Partial<TargetGroup>) =>
    optionsOf({ ...targets, groups: [group("first", { bar: "here", ...more })] }, thread, "ann", true).find((o) => o.key === "anyone")
      ?.stand;
  expect(stands({ accepting: 2, free: 2, askable: 0, ask_free: 0 })).toBe("absent");
  expect(stands({ askable: 1, ask_free: 0 })).toBe("full");
  expect(stands({ askable: 1, ask_free: 1 })).toBe("free");
  expect(stands({ state: "offline", askable: 1, ask_free: 1 })).toBe("absent");
});

test("reason: the playbook asks for one of its codes, and for the answers that belong to it", () => {
  const f = facts("agent ben", { chapter });
  expect(fields(pass({ words: "own words" }), f)).toEqual(["reason codes"]);
  expect(fields(pass({ code: "invoice" }), f)).toEqual(["question q1"]);
  expect(fields(pass({ code: "refund" }), f)).toEqual([]);
  expect(bodyOf(pass({ code: "refund", answers: { q1: "4711", q2: " may " } }), f)).toMatchObject({
    reason: "refund",
    answers: { q2: "may" },
  });
});

test("reason: needed from the third time, by a group that owns its chats, and never back for the same one", () => {
  const passed = [
    { by: "ben", group: "first", reason: "no idea", at: 1 },
    { by: "cleo", group: "first", at: 2 },
  ];
  const again = facts("agent ben", { thread: { ...thread, passed } });
  expect(fields(pass(), again)).toEqual(["reason again"]);
  expect(fields(pass({ words: "no idea" }), again)).toEqual(["reason back"]);
  expect(fields(pass({ words: "another" }), again)).toEqual([]);
  const own = { id: "first", name: "First", policy: "open", rules: { line: "end_to_end" } } as Group;
  expect(fields(pass({ how: "queue" }), facts("group billing", { own }))).toEqual(["reason line"]);
  expect(fields(pass(), facts("anyone", { own }))).toEqual([]);
});

test("into a group's queue: its playbook asks for what asking the group would need, and so do too many passages", () => {
  const queue = (p: Partial<Pass> = {}) => pass({ how: "queue", ...p });
  const f = facts("group billing", { chapter });
  expect(wayOf(queue(), f)).toBe("queue");
  for (const p of [{}, { code: "invoice" }, { code: "refund" }, { words: "own words" }, { code: "invoice", answers: { q1: "4711" } }])
    expect(fields(queue(p), f), JSON.stringify(p)).toEqual(fields(pass(p), f));
  expect(fields(queue(), f)).toEqual(["reason codes"]);
  expect(fields(queue({ code: "invoice" }), f)).toEqual(["question q1"]);
  expect(moveOf(queue({ code: "invoice", answers: { q1: " 4711 ", gone: "x" }, summary: "no" }), f)).toEqual({
    group: "billing",
    reason: "invoice",
    answers: { q1: "4711" },
  });
  const passed = [
    { by: "ben", group: "first", at: 1 },
    { by: "cleo", group: "first", at: 2 },
  ];
  expect(fields(queue(), facts("group billing", { thread: { ...thread, passed } }))).toEqual(["reason again"]);
  expect(fields(queue(), facts("group billing", { thread: { ...thread, state: "queued", passed } }))).toEqual(["reason again"]);
});

test("anyone else of the group is asked without its reasons, questions and line; how it is held is decided still", () => {
  const anyone = facts("anyone", { chapter: chapterFor(option("anyone"), chapter) });
  expect(fields(pass(), anyone)).toEqual([]);
  expect(bodyOf(pass({ words: "too much for me" }), anyone)).toEqual({
    to: { kind: "anyone" },
    reason: "too much for me",
    say: "Ben is back soon.",
  });
  expect(anyone.chapter.held.way).toBe("wait");
  expect(chapterFor(option("agent ben"), chapter)).toBe(chapter);
});

test("held: the group's way unless a reason is given, an address by mail, a time to come", () => {
  const f = facts("agent eve", { chapter: { ...chapter, reasons: [], questions: [] } });
  expect(fields(pass(), f)).toEqual([]);
  expect(fields(pass({ held: "mail" }), f)).toEqual(["deviation", "email missing"]);
  expect(fields(pass({ held: "mail", deviation: "she asked for it", email: "mia@home" }), f)).toEqual(["email wrong"]);
  expect(fields(pass({ due: noon - 1 }), f)).toEqual(["due past"]);
  expect(fields(pass({ due: noon + 61 * 24 * 3_600_000_000 }), f)).toEqual(["due far"]);
  const hold = holdOf(pass({ held: "mail", deviation: " why ", email: " mia@home.example " }), f, true);
  expect(hold).toEqual({
    to: { kind: "agent", agent: "eve", group: "billing" },
    say: "Ben is back soon.",
    way: "mail",
    email: "mia@home.example",
    deviation: "why",
    sure: true,
  });
});

test("held otherwise than decided: the way, the time, the line, and that somebody is there each need a reason", () => {
  const decided: TransferChapter = { held: { way: "wait", due: 120, say: "Ben is back soon." } };
  const eve = facts("agent eve", { chapter: decided });
  const other = (p: Partial<Pass>, f: Facts = eve) => deviatedOf(pass(p), f);
  expect(other({})).toEqual([]);
  expect(other({ held: "mail" })).toEqual(["way"]);
  expect(other({ due: noon + 9e9 })).toEqual(["due"]);
  const usual = noon + 120 * 60_000_000;
  expect([-60, -59, 0, 59, 60].map((s) => other({ due: usual + s * 1_000_000 }))).toEqual([["due"], [], [], [], ["due"]]);
  expect(other({ say: "Soon." })).toEqual(["say"]);
  expect(other({ say: "" })).toEqual(["say"]);
  expect(other({ say: " Ben is  back\nsoon. " })).toEqual([]);
  expect(other({ say: "" }, facts("agent eve", { chapter: decided, writes: false }))).toEqual([]);
  expect(other({ held: "mail", due: noon + 9e9, say: "Soon." }, facts("agent eve"))).toEqual([]);
  expect(other({}, facts("agent ben"))).toEqual(["there"]);
  expect(other({}, facts("agent dan"))).toEqual([]);
  expect(fields(pass({ due: noon + 9e9 }), eve)).toEqual(["deviation"]);
  expect(fields(pass({ how: "hold" }), facts("agent ben"))).toEqual(["deviation"]);
  expect(holdOf(pass({ deviation: "not needed" }), eve, false).deviation).toBeUndefined();
  expect(holdOf(pass({ say: "Soon.", deviation: " because " }), eve, false).deviation).toBe("because");
});

test("say: once asked in vain, the line for who is asked is not said again, and that for who is not there is proposed", () => {
  expect(sayOf(pass({ told: true }), chapter, "ask")).toBe("");
  expect(sayOf(pass({ told: true }), chapter, "hold")).toBe("Ben is back soon.");
  expect(sayOf(pass({ told: true, say: "Cleo then." }), chapter, "ask")).toBe("Cleo then.");
});

test("say: the playbook proposes, the agent decides, and nothing is an answer", () => {
  expect(sayOf(pass(), chapter, "ask")).toBe("Ben knows invoices.");
  expect(sayOf(pass(), chapter, "hold")).toBe("Ben is back soon.");
  expect(bodyOf(pass({ code: "refund", say: "" }), facts("agent ben", { chapter })).say).toBeUndefined();
  expect(bodyOf(pass({ code: "refund" }), facts("agent ben", { chapter, writes: false })).say).toBeUndefined();
});

test("members: who is ticked off does not stay, and a first line watches unless it says no", () => {
  const own = { id: "first", name: "First", policy: "open", rules: { line: "first_line" } } as Group;
  expect(bodyOf(pass({ drop: ["dan", "gone"] }), facts("anyone", { own }))).toMatchObject({ drop: ["dan"] });
  expect(bodyOf(pass(), facts("agent ben", { own })).stay).toBe(true);
  expect(bodyOf(pass({ stay: false }), facts("agent ben", { own })).stay).toBeUndefined();
  expect(bodyOf(pass(), facts("agent eve", { own })).stay).toBeUndefined();
});

const event = (seq: number, kind: string, body: object, by = "ann"): Event =>
  ({
    id: `e${seq}`,
    conversation: "c_1",
    thread: "t_1",
    seq,
    kind,
    actor: { kind: "agent", id: by },
    audience: "agents",
    at: seq,
    body,
  }) as unknown as Event;
const asked = event(5, "transfer", {
  transfer: { seq: 0, by: "ann", to: { kind: "agent", agent: "ben", group: "billing" } },
  to_name: "Ben",
});
const ended = (how: string) => event(7, "transfer.ended", { transfer: 5, how, agent_name: "Ben", reason: "lunch" }, "ben");

test("outcome: its sender is told of no, until he writes on, asks somebody else or has lost it", () => {
  expect(outcomeOf(thread, [asked, ended("declined")], "ann")).toMatchObject({ seq: 5, how: "declined", name: "Ben", reason: "lunch" });
  expect(outcomeOf(thread, [asked, ended("declined"), event(8, "message", { text: "x" }, "v")], "ann")).not.toBeNull();
  expect(outcomeOf(thread, [asked, ended("declined"), event(8, "message", { text: "x" })], "ann")).toBeNull();
  expect(outcomeOf(thread, [asked, ended("declined"), event(8, "assign", {}, "cleo")], "ann")).toBeNull();
  expect(outcomeOf(thread, [asked, ended("declined")], "dan")).toBeNull();
  expect(outcomeOf(thread, [asked, ended("withdrawn")], "ann")).toBeNull();
});

test("draft: what was typed outlives the dialog and a no, and not a yes or another sitting", () => {
  const kept = new Map<string, string>();
  const storage = () => ({
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, text: string) => void kept.set(key, text),
    removeItem: (key: string) => void kept.delete(key),
  });
  const load = (events: Event[], of = thread) => loadPass(storage, "ann", of, events);
  keepPass(storage, "ann", "c_1", pass({ target: "agent ben", summary: "wants a copy" }));
  expect(load([])).toMatchObject({ target: "agent ben", summary: "wants a copy" });
  expect(load([], { ...thread, id: "t_2" })).toEqual(newPass("t_2"));
  keepPass(storage, "ann", "c_1", pass({ target: "agent ben", summary: "wants a copy", sent: 5 }));
  expect(load([asked, ended("declined")])).toMatchObject({ target: "", summary: "wants a copy", say: null, told: true, sent: 0 });
  expect(load([asked, ended("accepted")])).toEqual(newPass("t_1"));
  keepPass(storage, "ann", "c_1", null);
  expect(kept.size).toBe(0);
  kept.set("earshot.pass.ann.c_1", "{broken");
  expect(load([])).toEqual(newPass("t_1"));
});

test("whom a group rings goes by how it shares its chats out", () => {
  const rings = (distribution: object) => ringsOf({ id: "g", name: "G", policy: "open", rules: { distribution } });
  expect([{ method: "pull" }, { method: "ring_all" }, { method: "round_robin" }, {}].map(rings)).toEqual(["all", "all", "turn", "turn"]);
  expect(ringsOf(undefined)).toBe("");
});
