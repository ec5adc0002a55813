// @vitest-environment jsdom
import { expect, test } from "vitest";
import type { DeadAlert } from "$kit/push-api.ts";
import { aboutOf, whatOf, whyOf } from "./dead";

const dead: DeadAlert = { id: "1", what: "push", cause: "service", given_up_at: 2, tries: 10, over: false };

test("each thing that was given up is said in words, also where it is forgotten whose it was", () => {
  expect(whatOf({ ...dead, agent_name: "Ben" })).toBe("Push to Ben");
  for (const what of ["push", "notice", "mail", "step", "queue", "check"] as const) {
    expect(whatOf({ ...dead, what }), what).not.toContain("{");
    expect(whatOf({ ...dead, what }), what).not.toContain("dead.");
  }
  expect(aboutOf({ ...dead, kind: "mention" })).toBe("Somebody is mentioned");
  expect(aboutOf({ ...dead, what: "notice", kind: "unnoticed" })).toContain("not noticed");
  expect(aboutOf(dead)).toBe("");
});

test("a service says why; a fault of Earshot sends to its log", () => {
  expect(whyOf({ ...dead, reason: "answered 503" })).toBe("Not taken: answered 503");
  expect(whyOf({ ...dead, cause: "fault", reason: "panic" })).not.toContain("panic");
});
