import { expect, test } from "vitest";
import { foldThread, startedThread } from "./turn.ts";
import type { Actor, Bodies, Event, EventOfKind, Kind, Thread } from "./wire.ts";

const ada: Actor = { kind: "agent", id: "a_ada", name: "Ada" };
const visitor: Actor = { kind: "visitor", id: "v_1", name: "Zoë" };
const system: Actor = { kind: "system" };
const access = { before: { group: "g_1", policy: "open" as const }, after: { group: "g_1", policy: "open" as const } };

/** A story: events of one thread, one second apart, folded in order. */
function story(...steps: [kind: Kind, body: Bodies[Kind], actor?: Actor][]): Thread {
  let thread: Thread | undefined;
  for (const [i, [kind, body, actor = system]] of steps.entries()) {
    const event = { id: `e_${i}`, conversation: "c_1", thread: "t_1", seq: i + 1, kind, actor, audience: "all", at: i + 1, body } as Event;
    thread = kind === "thread.started" ? startedThread(event as EventOfKind<"thread.started">) : foldThread(thread, event);
  }
  if (thread === undefined) throw new Error("nothing began");
  return thread;
}

type Step = [kind: Kind, body: Bodies[Kind], actor?: Actor];
const began: Step = ["thread.started", { number: 1, group: "g_1", policy: "open", place: 7, skills: ["spanish"], priority: 2 }];
const offered = (agent: string): Step => ["offer", { agent, agent_name: "", deadline: 99, why: "" }];
const ended = (agent: string, how: "declined" | "expired" | "withdrawn"): Step => ["offer.ended", { agent, agent_name: "", how, why: "" }];
const assigned = (lead: string, cause = "accept", more: Partial<Bodies["assign"]> = {}): Step => [
  "assign",
  { lead, lead_name: "", why: "", cause, waited_ms: 0, access, ...more },
];
const requeued = (cause: Bodies["thread.requeued"]["cause"]): Step => [
  "thread.requeued",
  { queued_at: 1, place: 3, by: "", by_name: "", why: "", cause, previous: "a_ada", access },
];
const wrote = (actor: Actor): Step => ["message", { text: "x" }, actor];

test("a thread begins with what routing knows of it, and holds nothing else", () => {
  expect(story(began)).toEqual({
    id: "t_1",
    conversation: "c_1",
    number: 1,
    group: "g_1",
    policy: "open",
    members: [],
    started_at: 1,
    version: 1,
    first: 1,
    priority: 2,
    skills: ["spanish"],
    state: "queued",
    queued_at: 1,
    place: 7,
  });
});

test("offers are open until they end, and what was tried in vain is counted", () => {
  expect(story(began, offered("a_ada"), offered("a_ben")).offers?.map((o) => [o.agent, o.at, o.deadline])).toEqual([
    ["a_ada", 2, 99],
    ["a_ben", 3, 99],
  ]);
  const thread = story(
    began,
    offered("a_ada"),
    ended("a_ada", "expired"),
    offered("a_ada"),
    ended("a_ada", "declined"),
    offered("a_ben"),
    ended("a_ben", "withdrawn"),
  );
  expect(thread.offers).toBeUndefined();
  expect(thread.tries).toEqual([{ agent: "a_ada", count: 2 }]);
});

test("who gets it starts anew: no offer, no warning, and above the limit only where it says so", () => {
  const thread = story(began, offered("a_ada"), offered("a_ben"), assigned("a_ben", "accept", { over: true }));
  expect(thread).toMatchObject({ state: "active", lead: "a_ben", taken_at: 4, assigned_at: 4, over: true });
  expect(thread.offers).toBeUndefined();
  expect(story(began, assigned("a_ada"), ["reply.due", { agent: "a_ada", agent_name: "", deadline: 9, why: "" }]).warned_at).toBe(3);
  const again = story(began, assigned("a_ada"), ["reply.due", { agent: "a_ada", agent_name: "", deadline: 9, why: "" }], assigned("a_ben"));
  expect(again.warned_at).toBeUndefined();
});

test("what is passed on in vain stops the time of the first reply, and the lead is warned anew", () => {
  const asks = [
    "transfer",
    { transfer: { seq: 0, by: "a_ada", to: { kind: "agent", agent: "a_ben", group: "g_1" }, at: 4, deadline: 9 } },
  ] as unknown as Step;
  const over: Step = ["transfer.ended", { transfer: 4, to: { kind: "agent", agent: "a_ben", group: "g_1" }, how: "declined", why: "" }];
  const warned: Step = ["reply.due", { agent: "a_ada", agent_name: "", deadline: 9, why: "" }];
  const thread = story(began, assigned("a_ada"), warned, asks, over);
  expect(thread.warned_at).toBeUndefined();
  expect(thread.rest).toEqual({ for: 1, until: 5 });
  expect(story(began, assigned("a_ada"), asks, over, assigned("a_ben")).rest).toBeUndefined();
});

test("the first reply of its lead forgets what was tried before", () => {
  const before = [began, ended("a_ben", "declined"), ["alarm", { round: 1, why: "" }], assigned("a_ada")] as Step[];
  expect(story(...before)).toMatchObject({ round: 1, round_at: 3, tries: [{ agent: "a_ben", count: 1 }] });
  const thread = story(...before, wrote(ada));
  expect(thread).toMatchObject({ replied_at: 5, answered_at: 5 });
  expect([thread.round, thread.round_at, thread.tries]).toEqual([undefined, undefined, undefined]);
});

test("a second message of the same side changes nothing, not even the version", () => {
  const once = story(began, assigned("a_ada"), wrote(visitor), wrote(ada));
  expect(once.waiting_since).toBeUndefined();
  expect(story(began, assigned("a_ada"), wrote(visitor), wrote(ada), wrote(ada))).toEqual(once);
  const waiting = story(began, assigned("a_ada"), wrote(visitor));
  expect(story(began, assigned("a_ada"), wrote(visitor), wrote(visitor))).toEqual(waiting);
});

test("what goes back stands in front, and remembers whom it left", () => {
  expect(story(began, assigned("a_ada"), requeued("lost"))).toMatchObject({
    state: "queued",
    front: true,
    back_at: 3,
    place: 3,
    recent: "a_ada",
    moved_from: "a_ada",
  });
  expect(story(began, assigned("a_ada"), requeued("lost")).lead).toBeUndefined();
  expect(story(began, assigned("a_ada"), requeued("missed_reply")).tries).toEqual([{ agent: "a_ada", count: 1 }]);
  expect(story(began, assigned("a_ada"), requeued("woke"))).toMatchObject({ recent: "a_ada", recent_at: 3 });
});

test("whose line was lost is told when he is back, may ask, and gets it back", () => {
  const back: Step = ["lead.back", { agent: "a_ada", agent_name: "Ada", why: "" }];
  const asked: Step = ["back.asked", { agent: "a_ada", agent_name: "Ada" }];
  const lost = [began, assigned("a_ada"), requeued("lost"), assigned("a_ben")] as Step[];
  expect(story(...lost)).toMatchObject({ moved_from: "a_ada", lost_at: 3 });
  const told = story(...lost, back);
  expect([told.moved_from, told.taken_from]).toEqual([undefined, "a_ada"]);
  expect(story(...lost, back, asked)).toMatchObject({ taken_from: "a_ada", asked_by: "a_ada" });
  const given = story(...lost, back, asked, assigned("a_ada", "give"));
  expect([given.lead, given.taken_from, given.asked_by, given.lost_at]).toEqual(["a_ada", undefined, undefined, undefined]);
  const waived = story(...lost, back, asked, ["back.waived", { agent: "a_ada", agent_name: "Ada" }]);
  expect([waived.lead, waived.taken_from, waived.asked_by, waived.lost_at]).toEqual(["a_ben", undefined, undefined, undefined]);
});

test("a member who is promoted leads, and the one before may ask for it back", () => {
  const joined: Step = ["join", { agent: "a_ben", agent_name: "Ben", access }];
  expect(story(began, assigned("a_ada"), joined, assigned("a_ben", "promote"))).toMatchObject({
    lead: "a_ben",
    members: [],
    moved_from: "a_ada",
  });
});

test("another group has it anew: nothing was tried there, and who moved it does not get it back", () => {
  const body = { group: "g_2", group_name: "Sales", from: "g_1", policy: "group", why: "", queued_at: 1, place: 5, access } as const;
  const thread = story(began, ended("a_ben", "declined"), assigned("a_ada"), ["thread.moved", { ...body, by: "a_ada", previous: "a_ada" }]);
  expect(thread).toMatchObject({ state: "queued", group: "g_2", policy: "group", front: true, place: 5, excluded: ["a_ada"] });
  expect([thread.lead, thread.tries, thread.moved_from]).toEqual([undefined, undefined, undefined]);
});

test("who wants a mail gets one, until it wakes", () => {
  const mail = [
    began,
    ["mail.offered", { cause: "max_wait", why: "" }],
    ["mail.answered", { accepted: true, email: "z@example.com" }],
  ] as Step[];
  expect(story(...mail.slice(0, 2))).toMatchObject({ asked_at: 2, asked: "max_wait" });
  expect(story(...mail)).toMatchObject({ mode: "mail", mail_done: true });
  expect(story(...mail, assigned("a_ada"), wrote(visitor)).mode).toBe("mail");
  expect(story(...mail, assigned("a_ada"), ["thread.woke", { lead: "a_ada", why: "" }]).mode).toBeUndefined();
});

test("idle and awake, and above the limit while it says so", () => {
  const idle: Step = ["thread.idle", { lead: "a_ada", why: "" }];
  expect(story(began, assigned("a_ada"), idle).idle).toBe(true);
  const woken = story(began, assigned("a_ada"), idle, ["thread.woke", { lead: "a_ada", over: true, why: "" }]);
  expect([woken.idle, woken.over]).toEqual([undefined, true]);
});

test("an unknown kind and another thread's event change nothing", () => {
  const thread = story(began);
  const strange = { kind: "from.the.future", thread: "t_1", seq: 9, at: 9, body: {}, actor: system } as unknown as Event;
  expect(foldThread(thread, strange)).toBe(thread);
  expect(foldThread(thread, { ...strange, kind: "alarm", thread: "t_2" } as unknown as Event)).toBe(thread);
});
