import { expect, test } from "vitest";
import type { Outgoing } from "$kit/outbox.ts";
import type { Event } from "$kit/wire.ts";
import { askOf, goesOn, newer } from "./choice.ts";

function item(state: Outgoing["state"], data?: unknown): Outgoing {
  const problem = { kind: "conflict" as const, message: "Billing takes no chat now.", data };
  return {
    key: "k1",
    conversation: "",
    voice: "reply",
    text: "hi",
    files: [],
    at: 1,
    typingMs: 0,
    seen: 0,
    state,
    unknown: false,
    problem,
  };
}

const billing = { group: "g_1", name: "Billing", state: "offline", opens_at: 5_000_000 };
const sales = { group: "g_2", name: "Sales", state: "online_for_queue", wait: { from: 2, to: 5 } };

test("choice: the message that waits for an answer brings the question with it", () => {
  const found = askOf([item("waiting"), item("held", { ask: { chosen: billing, others: [sales] } })]);
  expect(found).toEqual({ key: "k1", ask: { chosen: billing, others: [sales] } });
});

test.each<[string, Outgoing]>([
  ["one that was refused for another reason", item("refused", { ask: { chosen: billing, others: [] } })],
  ["one that collides with an answer", item("held", { replies: [] })],
  ["a question without a group", item("held", { ask: { chosen: { name: "Billing", state: "offline" }, others: [] } })],
  ["a state that nobody knows", item("held", { ask: { chosen: { ...billing, state: "<b>" } } })],
  ["a question in the prototype", item("held", Object.create({ ask: { chosen: billing, others: [] } }))],
  ["no question at all", item("held")],
])("choice: %s asks nothing", (_, held) => {
  expect(askOf([held])).toBeUndefined();
});

test("choice: odd parts of a question that lay in the page's storage are left out", () => {
  const ask = { chosen: { ...billing, opens_at: "soon", wait: { from: 5, to: 2 } }, others: [sales, null, "x", { group: "g_3" }] };
  expect(askOf([item("held", { ask })])?.ask).toEqual({ chosen: { group: "g_1", name: "Billing", state: "offline" }, others: [sales] });
});

test("choice: the site's own word about a group is newer than a question's", () => {
  const old = { group: "g_1", name: "Billing", state: "offline" as const };
  expect(newer(old, [{ ...old, state: "online" }]).state).toBe("online");
  expect(newer(old, [])).toBe(old);
  expect(newer(old, undefined)).toBe(old);
});

test("choice: who comes back to a chat that he had just left chooses nothing", () => {
  const minute = 60_000_000;
  const closed = (reason: string) => [{ kind: "thread.closed", at: 0, body: { reason } }] as unknown as Event[];
  expect(goesOn(closed("abandoned"), 9 * minute)).toBe(true);
  expect(goesOn(closed("abandoned"), 10 * minute)).toBe(false);
  expect(goesOn(closed("resolved"), minute)).toBe(false);
  expect(goesOn([], minute)).toBe(false);
});
