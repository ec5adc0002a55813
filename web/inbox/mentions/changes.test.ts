import { expect, test } from "vitest";
import type { Down, Event } from "$kit/wire.ts";
import { changes } from "./changes";

const told = (kind: string, by = "a_1"): Down => {
  const event = { kind, conversation: "agent:a_1", actor: { kind: "agent", id: by }, body: {} };
  return { type: "event", cursor: "", event: event as unknown as Event };
};

test("what calls the reader, what he has read and what he lost count; talk does not", () => {
  for (const kind of ["mentioned", "read", "redact"]) expect(changes(told(kind)), kind).toBe(true);
  for (const kind of ["message", "note", "draft"]) expect(changes(told(kind)), kind).toBe(false);
  expect(changes(told("read", "a_2"))).toBe(false);
  expect(changes({ type: "gone", conversation: "c_1" })).toBe(true);
  expect(changes({ type: "ping", cursor: "" })).toBe(false);
});
