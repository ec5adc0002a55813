import { expect, test } from "vitest";
import type { Agent, Group } from "$kit/wire.ts";
import { callableNow, callables, callsIn } from "./calls.ts";
import { linkTo, referencesIn } from "./reference.ts";

const origin = "https://chat.example";

test("addresses of this inbox are references, each once and at most five; those of strangers are none", () => {
  const text = `see ${origin}/c/c_1?at=5 and ${origin}/talks/c_2, ${origin}/c/c_1?at=5 ${origin}/settings/team https://evil.example/c/c_9`;
  expect(referencesIn(text, origin)).toEqual([{ conversation: "c_1", seq: 5 }, { conversation: "c_2" }]);
  const many = Array.from({ length: 9 }, (_, i) => `${origin}/c/c_${i}`).join(" ");
  expect(referencesIn(many, origin)).toHaveLength(5);
});

test("a link that was copied leads back to what it names", () => {
  expect(referencesIn(linkTo(origin, true, "c_2", 7), origin)).toEqual([{ conversation: "c_2", seq: 7 }]);
  expect(referencesIn(linkTo(origin, false, "c_1", null), origin)).toEqual([{ conversation: "c_1" }]);
});

const agent = (id: string, name: string, disabled = false) => ({ id, name, disabled }) as Agent;
const all = callables(
  [agent("a_me", "Mia"), agent("a_ben", "Ben"), agent("a_two", "Ben"), agent("a_off", "Olga", true)],
  [{ id: "g_1", name: "Billing" } as Group],
);
const calls = (text: string, picked: string[] = []) => callsIn(text, all, "a_me", new Set(picked));

test("colleagues, groups and here are called by their names, oneself and who is gone never", () => {
  expect(calls("@Ben @Billing and @here, @Mia @Olga")).toEqual({ mentions: ["a_ben"], groups: ["g_1"], here: true });
  expect(calls("mail me@here.example, @hereafter @Bennett")).toEqual({ mentions: [], groups: [], here: false });
  expect(calls("@Ben", ["a_two"]).mentions).toEqual(["a_two"]);
});

test("a group that was deleted is not called, also where a new one has its name", () => {
  const groups = [{ id: "g_1", name: "Billing", deleted: true } as Group, { id: "g_2", name: "Billing" } as Group];
  expect(callsIn("@Billing", callableNow([], groups), "a_me", new Set()).groups).toEqual(["g_2"]);
  expect(callsIn("@Billing", callableNow([], groups.slice(0, 1)), "a_me", new Set()).groups).toEqual([]);
});
