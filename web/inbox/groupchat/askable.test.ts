import { expect, test } from "vitest";
import type { Thread } from "$kit/wire.ts";
import { askable } from "./askable.ts";

const thread = { lead: "a_1", members: ["a_2"], invites: [{ agent: "a_3" }] } as unknown as Thread;

test("nobody more is asked in than the group's playbook allows, those who are asked included", () => {
  expect(askable(thread, [], [], null, "a_1", 2).full).toBe(true);
  expect(askable(thread, [], [], null, "a_1", 3).full).toBe(false);
});
