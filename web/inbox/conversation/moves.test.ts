import { expect, test } from "vitest";
import type { Actor, Bodies, EventOfKind, Kind } from "$kit/wire.ts";
import de from "../messages/de.json";
import en from "../messages/en.json";
import { moveText, sentences, type Names } from "./moves";
import { type Move, timeline } from "./timeline";

const team: Record<string, string> = { a_ada: "Ada", a_ben: "Ben" };
const names: Names = { nobody: "Somebody", agent: (id) => team[id] ?? "", group: (id) => (id === "g_1" ? "Support" : "Sales") };
const access = { before: { group: "g_1", policy: "open" as const }, after: { group: "g_1", policy: "open" as const } };

function event<K extends Kind>(kind: K, body: Bodies[K], actor: Actor = { kind: "system" }): EventOfKind<K> & Move {
  return {
    id: "e_1",
    conversation: "c_1",
    thread: "t_1",
    seq: 1,
    kind,
    actor,
    audience: "agents",
    at: 1,
    body,
  } as unknown as EventOfKind<K> & Move;
}

const assigned = (cause: string, more: Partial<Bodies["assign"]> = {}) =>
  event("assign", { lead: "a_ben", lead_name: "Ben", why: "Ben is the only one free in Support.", cause, waited_ms: 0, access, ...more });

test("what the router gave says why, and who would have been next", () => {
  const runner = { agent: "a_ada", why: "Ada has 2 of 4." };
  expect(moveText(assigned("route", { runner_up: runner }), names)).toEqual({
    key: "move.assign.route",
    params: { name: "Ben", by: "Somebody" },
    why: "Ben is the only one free in Support.",
    runner: "Ada has 2 of 4.",
  });
});

test("a take above the limit and past older ones says so", () => {
  expect(moveText(assigned("take", { over: true, skipped: 2 }), names)).toMatchObject({
    key: "move.take.soon",
    why: "",
    more: [{ key: "move.over" }, { key: "move.skipped", params: { n: 2 } }],
  });
});

test("a person's own act needs no reason of the router's", () => {
  const given = { ...assigned("give"), actor: { kind: "agent" as const, id: "a_ada", name: "Ada" } };
  expect(moveText(given, names)).toEqual({ key: "move.assign.give", params: { name: "Ben", by: "Ada" }, why: "" });
  expect(moveText(assigned("accept"), names).why).toBe("");
});

test("a cause of a later version still says who leads, and the server's why", () => {
  expect(moveText(assigned("from.the.future"), names)).toMatchObject({ key: "move.assign", why: "Ben is the only one free in Support." });
});

test("an offer says to whom and why, and how it ended", () => {
  const body = { agent: "a_ben", agent_name: "Ben", why: "It is Ben's turn in Support." };
  expect(moveText(event("offer", { ...body, deadline: 1 }), names)).toEqual({ key: "move.offer", params: { name: "Ben" }, why: body.why });
  for (const how of ["declined", "expired", "withdrawn"] as const)
    expect(moveText(event("offer.ended", { ...body, how }), names)).toEqual({ key: `move.offer.${how}`, params: { name: "Ben" }, why: "" });
});

test("what went back to the queue by itself names whom it left", () => {
  for (const cause of ["disabled", "lost", "gone", "missed_reply", "woke", "sign_out", "handover"] as const) {
    const body = { queued_at: 1, by: "", by_name: "", why: "x", cause, previous: "a_ada", access };
    expect(moveText(event("thread.requeued", body), names)).toEqual({ key: `move.requeued.${cause}`, params: { name: "Ada" }, why: "" });
  }
});

test("a move to another group says from where, by whom and the reason", () => {
  const body = { group: "g_2", group_name: "Sales", from: "g_1", policy: "open" as const, why: "w", queued_at: 1, access };
  expect(moveText(event("thread.moved", { ...body, by: "a_ada", by_name: "Ada", reason: "wants a quote" }), names)).toEqual({
    key: "move.moved.by",
    params: { group: "Sales", from: "Support", by: "Ada" },
    why: "",
    more: [{ key: "move.moved.reason", params: { reason: "wants a quote" } }],
  });
  expect(moveText(event("thread.moved", body), names)).toMatchObject({ key: "move.moved", why: "w" });
});

test("why a visitor reached a group stands where the conversation begins, unless it is the usual one", () => {
  const begun = (cause: "rule" | "default") =>
    event("thread.started", { number: 1, group: "g_2", policy: "open", placement: { cause, why: "The rule “Prices” matched." } });
  expect(moveText(begun("rule"), names)).toMatchObject({
    key: "move.started",
    why: "The rule “Prices” matched.",
    more: [{ key: "move.placed", params: { group: "Sales" } }],
  });
  expect(moveText(begun("default"), names)).toEqual({ key: "move.started", params: { name: "Somebody", n: 1 }, why: "" });
});

const promise = { seq: 3, group: "g_1", by: "a_ben", way: "wait" as const, at: 1, due: 9, soon_at: 7 };

const rest: Move[] = [
  event("thread.idle", { lead: "a_ada", why: "" }),
  event("thread.woke", { lead: "a_ada", why: "" }),
  event("thread.woke", { lead: "a_ada", over: true, why: "" }),
  event("reply.due", { agent: "a_ada", agent_name: "Ada", deadline: 1, why: "" }),
  event("alarm", { round: 1, why: "" }),
  ...(["max_wait", "closed", "full", "asked"] as const).map((cause) => event("mail.offered", { cause, why: "" })),
  event("mail.answered", { accepted: true, email: "z@example.com" }),
  event("mail.answered", { accepted: true }),
  event("mail.answered", { accepted: false }),
  event("lead.back", { agent: "a_ada", agent_name: "Ada", why: "" }),
  event("back.asked", { agent: "a_ada", agent_name: "Ada" }),
  event("promise.passed", { promise, owner: "a_ada", owner_name: "Ada", why: "" }),
  event("promise.passed", { promise, why: "" }),
  event("back.waived", { agent: "a_ada", agent_name: "Ada" }),
  event("person.linked", { link: "l_1" }),
  event("person.unlinked", { link: "l_1" }),
  event("grant", { agent: "a_bob", agent_name: "Bob", access }),
  event("grant.ended", { agent: "a_bob", agent_name: "Bob", access }),
  ...(["open", "group", "lead"] as const).map((policy) => event("thread.policy", { policy, access })),
  ...(["route", "accept", "promote", "give", "handover"] as const).map((cause) => assigned(cause)),
];

test("every line has words in both languages, and each fills its holes", () => {
  for (const move of rest) {
    const { key, params } = moveText(move, names);
    for (const catalogue of [en, de] as Record<string, string | Record<string, string>>[]) {
      const words = catalogue[key];
      expect(words, key).toBeDefined();
      const holes = [...JSON.stringify(words).matchAll(/\{(\w+)\}/g)].map((m) => m[1] ?? "");
      expect(Object.keys(params), key).toEqual(expect.arrayContaining(holes));
    }
  }
});

test("each of them is one line of the timeline", () => {
  for (const move of rest)
    expect(timeline([move], { me: "a_ada", unreadAfter: null, offset: () => 0 }).map((i) => i.type)).toEqual(["day", "move"]);
});

test("what is followed by more ends as a sentence, and nothing ends twice", () => {
  expect(sentences(["Conversation began"], false)).toBe("Conversation began");
  expect(sentences(["Conversation began", "It reached Orders."], true)).toBe("Conversation began. It reached Orders.");
  expect(sentences(["Back in the queue"], true)).toBe("Back in the queue.");
  expect(sentences(["Is that so?"], true)).toBe("Is that so?");
});
