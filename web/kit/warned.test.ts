import { expect, test } from "vitest";
import { reduce, type State } from "./reducer.ts";
import { empty } from "./state.ts";
import type { Event, Inbox } from "./wire.ts";

const me = { id: "a_me", name: "Mia", email: "mia@example.com", role: "agent", status: "accepting", limit: 4, groups: [] } as const;

function snapshot(state: State, away?: number): State {
  const base = { me: { ...me, groups: [] }, cursor: "", counts: { my: 0, queue: 0, all: 0 }, rows: [], team: [], present: [], groups: [] };
  const inbox: Inbox = {
    ...base,
    sites: [],
    drafts: [],
    losses: [],
    signals: [],
    invitations: [],
    ...(away === undefined ? {} : { away_at: away }),
  };
  return reduce(state, { type: "inbox", list: "my", inbox });
}

function told(state: State, deadline: number): State {
  const event: Event = {
    conversation: "agent:a_me",
    seq: 1,
    id: "e_1",
    kind: "idle.warned",
    actor: { kind: "system" },
    audience: "agents",
    at: 1,
    body: { deadline },
  };
  return reduce(state, { type: "frame", frame: { type: "event", cursor: "", event } });
}

test("a warning holds until a key on any device takes it back", () => {
  const warned = told(snapshot(empty()), 9);
  expect(warned.warned).toBe(9);
  expect(told(warned, 0).warned).toBe(0); // on another device
  expect(reduce(warned, { type: "input" }).warned).toBe(0); // on this one
});

test("a device that comes while the warning holds reads it, and one that resets keeps it as it is now", () => {
  expect(snapshot(empty(), 9).warned).toBe(9);
  expect(snapshot(told(empty(), 9)).warned).toBe(0);
});
