import { expect, test } from "vitest";
import type { Outgoing } from "$kit/outbox.ts";
import type { Event } from "$kit/wire.ts";
import { pendingShown } from "./pending";

function outgoing(key: string, text: string, state: Outgoing["state"] = "sending"): Outgoing {
  return { key, conversation: "c_1", voice: "reply", text, files: [], at: 0, typingMs: 0, seen: 5, state, unknown: false };
}

function message(seq: number, text: string, actor = "a_me"): Event {
  return {
    id: `e_${seq}`,
    conversation: "c_1",
    seq,
    vseq: seq,
    kind: "message",
    actor: { kind: "agent", id: actor },
    audience: "all",
    at: 0,
    body: { text },
  };
}

const keys = (events: Event[], items: Outgoing[]) => pendingShown(events, items, "c_1", "a_me").map((item) => item.key);

test("a message whose event came before the answer of its request is shown once", () => {
  expect(keys([message(6, "hello")], [outgoing("k1", "hello")])).toEqual([]);
});

test("the same words said before, or by a colleague, hide nothing", () => {
  expect(keys([message(5, "hello")], [outgoing("k1", "hello")])).toEqual(["k1"]);
  expect(keys([message(6, "hello", "a_other")], [outgoing("k1", "hello")])).toEqual(["k1"]);
});

test("of two equal messages one event hides one", () => {
  expect(keys([message(6, "ok")], [outgoing("k1", "ok"), outgoing("k2", "ok")])).toEqual(["k2"]);
});

test("what is refused, held or waiting is always shown, and another conversation's never", () => {
  const items = [outgoing("k1", "hello", "refused"), outgoing("k2", "hello", "held"), { ...outgoing("k3", "x"), conversation: "c_2" }];
  expect(keys([message(6, "hello")], items)).toEqual(["k1", "k2"]);
});

test("a second tab shows once what the first is sending, and still shows what waits for its turn", () => {
  const sending = { ...outgoing("k1", "hello", "waiting"), unknown: true };
  expect(keys([message(6, "hello")], [sending])).toEqual([]);
  expect(keys([message(6, "hello")], [outgoing("k1", "hello", "waiting")])).toEqual(["k1"]);
});
