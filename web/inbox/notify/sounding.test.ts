import { expect, test } from "vitest";
import type { Down } from "$kit/wire.ts";
import { soundKindOf, soundKinds, soundOf } from "./soundkinds";
import { againMs, mostTimes, unseen } from "./unseen";

test("each kind sounds as usual until its agent wishes otherwise", () => {
  for (const kind of soundKinds) expect(soundOf(kind, undefined).tone, kind).not.toBe("none");
  expect(soundOf("offer", undefined).repeat).toBe(true);
  expect(soundOf("queue", undefined).repeat).toBe(false);
  expect(soundOf("queue", { queue: { tone: "none", volume: 0 } })).toEqual({ tone: "none", volume: 0, repeat: false });
  expect(soundOf("queue", { help: { tone: "none", volume: 0 } }).tone).toBe("rise");
});

test("what a colleague has missed sounds as it did for him", () => {
  expect(soundKindOf({ kind: "queued" })).toBe("queue");
  expect(soundKindOf({ kind: "raised", about: "mention" })).toBe("mention");
  expect(soundKindOf({ kind: "raised", about: "assigned" })).toBe("offer");
  expect(soundKindOf({ kind: "whisper" })).toBe("talk");
});

function clock() {
  const runs = new Set<() => void>();
  return {
    runs,
    tick: () => {
      for (const run of runs) run();
    },
    env: {
      setInterval: (run: () => void, ms: number) => {
        expect(ms).toBe(againMs);
        runs.add(run);
        return run;
      },
      clearInterval: (id: unknown) => void runs.delete(id as () => void),
    },
  };
}

const read = (conversation: string): Down =>
  ({
    type: "event",
    cursor: "",
    event: { conversation: "agent:me", kind: "read", actor: { kind: "agent", id: "me" }, body: { conversation, seq: 4 } },
  }) as unknown as Down;

test("a sound comes again until what it is about is seen, on whichever device", () => {
  const { tick, runs, env } = clock();
  const one = unseen("me", env);
  let heard = 0;
  one.put("c_1", () => heard++);
  one.put("c_2", () => heard++);
  tick();
  expect(heard).toBe(1);
  one.heard(read("c_1"));
  tick();
  expect(heard).toBe(2);
  one.heard({
    type: "event",
    cursor: "",
    event: { kind: "alert.ended", actor: { kind: "system" }, body: { conversation: "c_2" } },
  } as unknown as Down);
  expect(runs.size).toBe(0);
});

test("somebody else's words end nothing; that a colleague takes it does", () => {
  const { tick, runs, env } = clock();
  const one = unseen("me", env);
  let heard = 0;
  one.put("c_1", () => heard++);
  one.heard({
    type: "event",
    cursor: "",
    event: { conversation: "c_1", kind: "message", actor: { kind: "visitor" }, body: {} },
  } as unknown as Down);
  one.heard({ type: "row", cursor: "", row: { conversation: { id: "c_1" }, thread: { state: "queued" } } } as unknown as Down);
  tick();
  expect(heard).toBe(1);
  one.heard({ type: "row", cursor: "", row: { conversation: { id: "c_1" }, thread: { state: "active", lead: "ben" } } } as unknown as Down);
  expect(runs.size).toBe(0);
});

test("a page that nobody sits at falls silent", () => {
  const { tick, runs, env } = clock();
  let heard = 0;
  unseen("me", env).put("c_1", () => heard++);
  for (let i = 0; i < 2 * mostTimes; i++) tick();
  expect(heard).toBe(mostTimes);
  expect(runs.size).toBe(0);
});
