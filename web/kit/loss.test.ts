import { expect, test } from "vitest";
import { reduce } from "./reducer.ts";
import { empty, type State } from "./state.ts";
import type { Event, Inbox, Loss } from "./wire.ts";

const loss: Loss = { agent: "a_me", conversation: "c_1", thread: "t_1", group: "g_1", at: 5, lead: "a_ben" };

const me = { id: "a_me", name: "Mia", email: "", role: "agent", status: "accepting", limit: 4, groups: [] } as const;
const box: Inbox = {
  me: { ...me, groups: [] },
  cursor: "",
  counts: { my: 0, queue: 0, all: 0 },
  rows: [],
  team: [],
  present: [],
  groups: [],
  sites: [],
  drafts: [],
  losses: [loss],
  signals: [],
  invitations: [],
};

const snapshot = (losses: Loss[]) => reduce(empty(), { type: "inbox", list: "my", inbox: { ...box, losses } });

function told(state: State, body: Loss): State {
  const event = {
    id: "e_1",
    conversation: "agent:a_me",
    seq: 1,
    kind: "loss.changed",
    actor: { kind: "system" },
    audience: "agents",
    at: 9,
    body,
  };
  return reduce(state, { type: "frame", frame: { type: "event", cursor: "", event: event as Event } });
}

const known = (state: State) => [...state.losses.values()];

test("what was lost comes with the snapshot and by the stream, and the last word counts", () => {
  expect(known(snapshot([loss]))).toEqual([loss]);
  expect(known(told(snapshot([]), loss))).toEqual([loss]);
  const asked = { ...loss, asked: true };
  expect(known(told(snapshot([loss]), asked))).toEqual([asked]);
  expect(known(snapshot([]))).toEqual([]);
});

test("a loss ends, and that of a former thread ends no other", () => {
  const ended: Loss = { agent: "a_me", conversation: "c_1", thread: "t_1", ended: true };
  expect(known(told(snapshot([loss]), ended))).toEqual([]);
  expect(known(told(snapshot([{ ...loss, thread: "t_2" }]), ended))).toEqual([{ ...loss, thread: "t_2" }]);
  expect(known(told(snapshot([]), ended))).toEqual([]);
});

test("a loss outlives that its conversation is not to be seen any more", () => {
  const state = reduce(snapshot([loss]), { type: "frame", frame: { type: "gone", conversation: "c_1" } });
  expect(known(state)).toEqual([loss]);
});
