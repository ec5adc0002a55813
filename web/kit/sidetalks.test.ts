import { expect, test } from "vitest";
import { withLine } from "./opentalk.ts";
import { sidesOf, sideState, type SideTalk } from "./sidetalks.ts";
import { newTalk } from "./talk.ts";
import type { Event, Thread } from "./wire.ts";

const event = (seq: number, kind: Event["kind"], body: object): Event =>
  ({
    id: `e_${seq}`,
    conversation: "c_1",
    seq,
    kind,
    at: seq,
    audience: "agents",
    actor: { kind: "agent", id: "a_bob", name: "Bob" },
    body,
  }) as unknown as Event;
const bodyOf = (events: readonly Event[], seq: number) => events.find((e) => e.seq === seq)?.body;

test("a question in a talk shows the card that was told last, whichever copy comes late", () => {
  const side = { conversation: "c_9", state: "open" };
  const question = event(1, "message", { text: "may she?", side });
  const answered = event(2, "side.card", { target: 1, card: { ...side, state: "answered", answerers: ["a_bob"] } });
  const used = event(3, "side.card", { target: 1, card: { ...side, state: "used", answerers: ["a_bob"] } });
  const live = [question, answered, used].reduce(withLine, newTalk("c_1", [], 0, false));
  const late = [used, answered, question].reduce(withLine, newTalk("c_1", [], 0, false));
  for (const talk of [live, late]) expect(bodyOf(talk.events, 1)).toMatchObject({ text: "may she?", side: { state: "used" } });
});

test("a question that is taken back loses its words, and a note that was an answer stays one", () => {
  const asks = { name: "Billing", talk: "c_2", message: 1, due: 9 };
  const answer = { side: 1, talk: "c_2", seq: 2 };
  const talk = [
    event(1, "side.asked", { text: "may she?", asks }),
    event(2, "note", { text: "yes", answer }),
    event(3, "redact", { target: 2 }),
    event(4, "side.ended", { side: 1, how: "taken_back" }),
  ].reduce(withLine, newTalk("c_1", [], 0, false));
  expect(bodyOf(talk.events, 1)).toEqual({ text: "", emptied: 4, asks });
  expect(bodyOf(talk.events, 2)).toEqual({ text: "", emptied: 3, answer });
  const withdrawn = [event(1, "side.asked", { text: "may she?", asks }), event(2, "side.ended", { side: 1, how: "withdrawn" })].reduce(
    withLine,
    newTalk("c_1", [], 0, false),
  );
  expect(bodyOf(withdrawn.events, 1)).toEqual({ text: "may she?", asks });
});

test("a further question opens it again, and the visitor may be told again once there was an answer", () => {
  const answer = (seq: number, due?: number) =>
    event(seq, "note", { text: "x", answer: { side: 1, talk: "c_2", seq, ...(due ? { due } : {}) } });
  const asks = { name: "Billing", talk: "c_2", message: 1, due: 9 };
  const after = (...more: Event[]): SideTalk | undefined => {
    let thread = {} as Thread;
    for (const e of [event(1, "side.asked", { text: "may she?", asks }), ...more]) thread = { ...thread, ...sidesOf(thread, e) };
    return thread.side_talks?.[0];
  };
  const stateAfter = (...more: Event[]) => sideState(after(...more) as SideTalk);
  const told = event(2, "side.told", { side: 1 });
  expect(after(told, answer(3, 30))).toMatchObject({ due: 9, told: 2, further: 3 });
  const used = event(4, "side.used", { side: 1, note: 3 });
  expect(stateAfter(answer(3), used)).toBe("used");
  const again = after(told, answer(3), used, answer(5, 50));
  expect(again).toMatchObject({ due: 50, further: 5, last: 3, answers: 1 });
  expect([again?.told, again?.used]).toEqual([undefined, undefined]);
  expect(stateAfter(answer(3), used, answer(5, 50))).toBe("open");
  expect(stateAfter(answer(3), used, answer(5, 50), answer(6))).toBe("answered");
});

test("an answer that is taken back is none, and in no reply where there is no other", () => {
  const answer = (seq: number) => event(seq, "note", { text: "x", answer: { side: 1, talk: "c_2", seq } });
  const asks = { name: "Billing", talk: "c_2", message: 1, due: 9 };
  const after = (left: object): SideTalk => {
    let thread = {} as Thread;
    const redact = event(5, "redact", { target: 3, side: { side: 1, ...left } });
    const used = event(4, "side.used", { side: 1, note: 3 });
    for (const e of [event(1, "side.asked", { text: "may she?", asks }), answer(2), answer(3), used, redact])
      thread = { ...thread, ...sidesOf(thread, e) };
    return thread.side_talks?.[0] as SideTalk;
  };
  const one = after({ answers: 1, last: 2, answered: 2, answerers: ["a_bob"] });
  expect([sideState(one), one.answers, one.last, one.answerers]).toEqual(["used", 1, 2, ["a_bob"]]);
  const none = after({});
  expect(sideState(none)).toBe("open");
  expect(none).toEqual({ seq: 1, by: "a_bob", talk: "c_2", message: 1, text: "may she?", at: 1, due: 9 });
});
