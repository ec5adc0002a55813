import { expect, test } from "vitest";
import type { Actor, Bodies, EventOfKind, Kind } from "$kit/wire.ts";
import de from "../messages/de.json";
import en from "../messages/en.json";
import { moveText, sentences, type Names } from "./moves";
import { type Move, timeline } from "./timeline";

const team: Record<string, string> = { a_ada: "Ada", a_ben: "Ben" };
const names: Names = {
  nobody: "Somebody",
  agent: (id) => team[id] ?? "",
  group: (id) => (id === "g_1" ? "Support" : "Sales"),
  anyone: (id) => `anyone in ${id}`,
  when: (at) => `at ${at}`,
  reason: (_, code) => (code === "invoice" ? "Invoice" : code),
};
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
    runner: { why: "Ada has 2 of 4." },
  });
});

test("a reason's sentences travel with it, to be told in the person's language", () => {
  const because = [{ code: "choice.only", names: { agent: "Ben", group: "Support" } }];
  const next = [{ code: "next.load", names: { agent: "Ada" }, numbers: { load: 2, limit: 4 } }];
  const runner = { agent: "a_ada", why: "Ada has 2 of 4.", because: next };
  expect(moveText(assigned("route", { because, runner_up: runner }), names)).toMatchObject({ because, runner: { because: next } });
  const deleted = [{ code: "promise.closed" }];
  const ended = event("promise.ended", { promise: promised, how: "cancelled", why: "The conversation ended.", because: deleted });
  expect(moveText(ended, names)).toMatchObject({ key: "move.promise.cancelled", why: "The conversation ended.", because: deleted });
  expect(moveText(assigned("give", { because }), names).because).toBeUndefined();
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

test("what was sent on from the queue says to whom, why and what was answered", () => {
  const body = { group: "g_2", group_name: "Sales", from: "g_1", policy: "open" as const, why: "w", queued_at: 1, access };
  const sent = { ...body, by: "a_bo", by_name: "Bo", agent: "a_ada", agent_name: "Ada", reason: "vat", answers: { "Which one?": "4711" } };
  expect(moveText(event("thread.moved", sent), names)).toEqual({
    key: "move.moved.to",
    params: { group: "Sales", from: "Support", by: "Bo", name: "Ada" },
    why: "",
    more: [
      { key: "move.moved.reason", params: { reason: names.reason("g_2", "vat") } },
      { key: "pass.answer", params: { question: "Which one?", answer: "4711" } },
    ],
  });
  expect(
    moveText(
      event("offer", { agent: "a_ada", agent_name: "Ada", deadline: 9, why: "w", by: "a_bo" }, { kind: "agent", id: "a_bo", name: "Bo" }),
      names,
    ),
  ).toEqual({
    key: "move.offer.by",
    params: { name: "Ada", by: "Bo" },
    why: "",
  });
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
const toBen = { kind: "agent" as const, agent: "a_ben", group: "g_2" };
const toSales = { kind: "group" as const, group: "g_2" };
const travelling = { summary: "wants a copy", promised: "today", answers: { "Number?": "4711" } };
const promised = { seq: 1, group: "g_2", by: "a_ada", way: "wait" as const, at: 1, due: 9, soon_at: 7 };
const held = (to: typeof toBen | typeof toSales, way: "wait" | "mail") =>
  event("hold", {
    to,
    way,
    due: 9,
    promise: { ...promised, way },
    email: "mia@home.example",
    by_name: "Ada",
    group_name: "Sales",
    reason: "invoice",
    deviated: ["way", "say"],
    deviation: "she asked for it",
    why: "",
    previous: "a_ada",
    queued_at: 1,
    place: 1,
    access,
    ...travelling,
  });

const rest: Move[] = [
  event("thread.idle", { lead: "a_ada", why: "" }),
  event("thread.woke", { lead: "a_ada", why: "" }),
  event("thread.woke", { lead: "a_ada", over: true, why: "" }),
  event("reply.due", { agent: "a_ada", agent_name: "Ada", deadline: 1, why: "" }),
  event("alarm", { round: 1, why: "" }),
  event("alarm", { round: 0, cause: "hops", why: "It was passed on again and again." }),
  ...(["max_wait", "closed", "full", "asked"] as const).map((cause) => event("mail.offered", { cause, why: "" })),
  event("mail.answered", { accepted: true, email: "z@example.com" }),
  event("mail.answered", { accepted: true }),
  event("mail.answered", { accepted: false }),
  event("lead.back", { agent: "a_ada", agent_name: "Ada", why: "" }),
  event("back.asked", { agent: "a_ada", agent_name: "Ada" }),
  event("promise.passed", { promise, owner: "a_ada", owner_name: "Ada", why: "" }),
  event("promise.passed", { promise, why: "" }),
  event("back.waived", { agent: "a_ada", agent_name: "Ada" }),
  event("visitor.signed", { visitor: "v_mia", sub: "42", beside: true }),
  event("person.linked", { link: "l_1" }),
  event("person.unlinked", { link: "l_1" }),
  event("grant", { agent: "a_bob", agent_name: "Bob", access }),
  event("grant.ended", { agent: "a_bob", agent_name: "Bob", access }),
  ...(["open", "group", "lead"] as const).map((policy) => event("thread.policy", { policy, access })),
  ...(["route", "accept", "promote", "give", "handover", "transfer"] as const).map((cause) => assigned(cause)),
  ...[toBen, toSales].flatMap((to) => [
    event("transfer", {
      transfer: { seq: 1, by: "a_ada", to, at: 1, deadline: 2 },
      by_name: "Ada",
      group_name: "Sales",
      why: "",
      ...travelling,
    }),
    ...(["declined", "expired", "withdrawn"] as const).map((how) =>
      event("transfer.ended", { transfer: 1, to, how, reason: "lunch", why: "" }),
    ),
    ...(["wait", "mail"] as const).map((way) => held(to, way)),
  ]),
  ...(["soon", "overdue"] as const).map((stage) => event("promise.due", { promise: promised, stage, tell: [], why: "" })),
  event("promise.ended", { promise: promised, how: "kept", why: "" }),
  event("promise.ended", { promise: promised, how: "kept", late: true, why: "" }),
  event("promise.ended", { promise: promised, how: "cancelled", why: "Answered by phone." }),
];

test("a colleague who is asked is told everything that travels with it, by the names that the team knows", () => {
  const told = {
    transfer: { seq: 1, by: "a_ada", to: toBen, at: 1, deadline: 2, reason: "invoice" },
    by_name: "Ada",
    group_name: "Sales",
    why: "",
  };
  const text = moveText(event("transfer", { ...told, ...travelling }), names);
  expect(text).toMatchObject({ key: "move.transfer", params: { by: "Ada", name: "Ben" } });
  expect(text.more?.map((m) => Object.values(m.params).join(" "))).toEqual(["Invoice", "wants a copy", "today", "Number? 4711"]);
});

test("anyone else of a group is not the group", () => {
  const to = { kind: "anyone" as const, group: "g_1" };
  const told = {
    transfer: { seq: 1, by: "a_ada", to, at: 1, deadline: 2 },
    by_name: "Ada",
    to_name: "Support",
    group_name: "Support",
    why: "",
  };
  expect(moveText(event("transfer", told), names).params).toEqual({ by: "Ada", name: "anyone in g_1" });
});

test("how it ended names who said so, and a group that was asked in vain", () => {
  const ended = (more: object) => moveText(event("transfer.ended", { transfer: 1, to: toSales, how: "expired", why: "", ...more }), names);
  expect(ended({})).toMatchObject({ key: "move.transfer.expired.group", params: { name: "Sales" } });
  expect(ended({ how: "declined", agent: "a_ben", reason: "lunch" })).toMatchObject({
    key: "move.transfer.declined",
    params: { name: "Ben" },
    more: [{ params: { text: "lunch" } }],
  });
  expect(moveText(assigned("transfer", { previous: "a_ada" }), names)).toEqual({
    key: "move.assign.transfer",
    params: { name: "Ben", by: "Ada" },
    why: "",
  });
});

test("what is held says for whom, by when, where the answer goes, and why not as decided", () => {
  const text = moveText(held(toBen, "mail"), names);
  expect(text).toMatchObject({ key: "move.hold.mail", params: { by: "Ada", name: "Ben", when: "at 9" } });
  expect(text.more?.[0]).toEqual({ key: "move.hold.email", params: { email: "mia@home.example" } });
  expect(text.more?.slice(-3, -1).map((m) => m.key)).toEqual(["move.hold.other.way", "move.hold.other.say"]);
  expect(text.more?.at(-1)).toEqual({ key: "move.hold.deviation", params: { text: "she asked for it" } });
  expect(moveText(held(toSales, "wait"), names).more?.some((m) => m.key === "move.hold.email")).toBe(false);
});

test("that one colleague is asked is one line, not three; a group says whom it rings", () => {
  const lay = (to: typeof toBen | typeof toSales) =>
    timeline(
      [
        event("transfer", { transfer: { seq: 1, by: "a_ada", to, at: 1, deadline: 2 }, by_name: "Ada", group_name: "", why: "" }),
        event("offer", { agent: "a_ben", agent_name: "Ben", deadline: 2, why: "" }),
        event("offer.ended", { agent: "a_ben", agent_name: "Ben", how: "declined", why: "" }),
        event("transfer.ended", { transfer: 1, to, how: "declined", agent: "a_ben", why: "" }),
        event("offer", { agent: "a_ben", agent_name: "Ben", deadline: 2, why: "" }),
      ],
      { me: "a_ada", unreadAfter: null, offset: () => 0 },
    ).flatMap((i) => (i.type === "move" ? [i.event.kind] : []));
  expect(
    timeline([event("transfer.ended", { transfer: 1, to: toBen, how: "accepted", why: "" })], { me: "a_ada", unreadAfter: null }),
  ).toEqual([]);
  expect(lay(toBen)).toEqual(["transfer", "transfer.ended", "offer"]);
  expect(lay(toSales)).toEqual(["transfer", "offer", "offer.ended", "transfer.ended", "offer"]);
});

test("what is handed over says why and what was answered; who has it now is told by the line after it", () => {
  const body = { by: "a_ada", by_name: "Ada", to: { ...toBen, group: "g_2" }, to_name: "Ben", from: "g_1" };
  const said = { ...body, reason: "vat", answers: { "Which one?": "4711" } };
  expect(moveText(event("handed", said), names)).toEqual({
    key: "move.handed.group",
    params: { by: "Ada", name: "Ben", group: names.group("g_2") },
    why: "",
    more: [
      { key: "move.moved.reason", params: { reason: names.reason("g_2", "vat") } },
      { key: "pass.answer", params: { question: "Which one?", answer: "4711" } },
    ],
  });
  expect(moveText(event("handed", { ...said, from: "g_2" }), names).key).toBe("move.handed");
  const laid = (b: typeof body & { answers?: Record<string, string> }) =>
    timeline([event("handed", b)], { me: "a_ada", unreadAfter: null, offset: () => 0 }).length;
  expect([laid(body), laid({ ...body, answers: {} }), laid(said)]).toEqual([0, 0, 2]);
});

test("that it is passed on again and again is no round of offers", () => {
  const alarm = (body: object) => moveText(event("alarm", { round: 0, why: "…", ...body }), names);
  expect(alarm({ cause: "hops" })).toEqual({ key: "move.alarm.hops", params: {}, why: "" });
  expect(alarm({ round: 2 })).toMatchObject({ key: "move.alarm", params: { n: 2 } });
});

test("every line has words in both languages, and each fills its holes", () => {
  for (const move of rest) {
    const text = moveText(move, names);
    for (const { key, params } of [text, ...(text.more ?? [])])
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

test("why a promise was passed on is said where there is more to say than the line does", () => {
  const why = (text: string) =>
    moveText(event("promise.passed", { promise, owner: "a_ben", why: text }, { kind: "agent", id: "a_ada", name: "Ada" }), names).why;
  expect(why("")).toBe("");
  expect(why("Ben knows the contract.")).toBe("Ben knows the contract.");
});

test("a question that ended with its group says so, and one that was withdrawn says by whom", () => {
  const ada: Actor = { kind: "agent", id: "a_ada", name: "Ada" };
  expect(moveText(event("side.ended", { side: 3, how: "group_deleted" }), names)?.key).toBe("move.side.lost");
  expect(moveText(event("side.ended", { side: 3, how: "withdrawn" }, ada), names)).toMatchObject({
    key: "move.side.ended",
    params: { name: "Ada" },
  });
});
