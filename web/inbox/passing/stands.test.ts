// @vitest-environment jsdom
import { expect, test } from "vitest";
import type { TargetAgent } from "$kit/targets-api.ts";
import type { Thread } from "$kit/wire.ts";
import { agentOption } from "./options";
import { standText } from "./stands";

const zoe: TargetAgent = {
  agent: "zoe",
  name: "Zoe",
  status: "accepting",
  present: false,
  lost: true,
  takes: false,
  room: true,
  load: 0,
  limit: 400,
  groups: ["billing"],
};

test("a lost connection is told of those who have not signed out", () => {
  const stand = (more: Partial<TargetAgent>) => standText(agentOption({ ...zoe, ...more }, { group: "first" } as Thread), 0);
  expect(stand({})).toBe("connection lost");
  expect(stand({ status: "offline" })).toBe("not here · Offline");
});
