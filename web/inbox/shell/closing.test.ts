import { expect, test } from "vitest";
import type { Thread } from "$kit/wire.ts";
import { leavesWaiting } from "./closing";

const thread = (change: Partial<Thread>) => ({ state: "active", ...change }) as Thread;

test("closing is asked about only while the visitor waits for an answer", () => {
  for (const [of, want] of [
    [thread({ waiting_since: 5 }), true],
    [thread({ waiting_since: 0 }), false],
    [thread({}), false],
    [thread({ state: "queued" }), true],
    [thread({ state: "closed", waiting_since: 5 }), false],
    [undefined, false],
  ] as const)
    expect(leavesWaiting(of)).toBe(want);
});
