import { expect, test } from "vitest";
import { empty } from "$kit/reducer.ts";
import type { Down } from "$kit/wire.ts";
import { type SoundKind, soundKindOf, soundKinds, soundOf } from "./soundkinds";
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
  expect(soundKindOf({ kind: "assigned" })).toBe("offer");
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

const event = (more: object): Down =>
  ({ type: "event", cursor: "", event: { actor: { kind: "system" }, body: {}, ...more } }) as unknown as Down;
const read = (conversation: string, by = "me") =>
  event({ conversation: "agent:me", kind: "read", actor: { kind: "agent", id: by }, body: { conversation, seq: 4 } });
const ended = (conversation: string, kind: string) =>
  event({ conversation: "agent:me", kind: "alert.ended", body: { conversation, kind } });
const row = (thread: object): Down =>
  ({ type: "row", row: { conversation: { id: "c_1" }, thread: { members: [], ...thread } } }) as unknown as Down;
const never = () => false;

test("a sound comes again until what it is about is seen, on whichever device", () => {
  const { tick, runs, env } = clock();
  const one = unseen("me", never, env);
  let heard = 0;
  one.put("c_1", "message", () => heard++);
  one.put("c_2", "mention", () => heard++);
  tick();
  expect(heard).toBe(1);
  one.heard(read("c_1"), empty());
  tick();
  expect(heard).toBe(2);
  one.heard(ended("c_2", "message"), empty());
  expect(runs.size).toBe(1);
  one.heard(ended("c_2", "mention"), empty());
  expect(runs.size).toBe(0);
});

/** Which kinds still sound of what is told about one chat, after a frame. */
function left(frame: Down): SoundKind[] {
  return soundKinds.filter((kind) => {
    const { tick, env } = clock();
    const one = unseen("me", never, env);
    let heard = 0;
    one.put("c_1", kind, () => heard++);
    one.heard(frame, empty());
    tick();
    return heard > 0;
  });
}

test("each kind sounds until it is over for who hears it: a call for help not with the visitor's next line", () => {
  const all = [...soundKinds];
  const taken: SoundKind[] = ["mention", "talk", "help", "promise"];
  expect(left(event({ conversation: "c_1", kind: "message", actor: { kind: "visitor" } }))).toEqual(all);
  expect(left(event({ conversation: "c_2", kind: "thread.closed" }))).toEqual(all);
  expect(left(row({ state: "queued" }))).toEqual(all);
  expect(left(row({ state: "active", lead: "me" }))).toEqual(all);
  expect(left(row({ state: "active", lead: "ben" }))).toEqual(taken);
  expect(left(row({ state: "active", lead: "ben", members: ["me"] }))).toEqual(all);
  expect(left(event({ conversation: "c_1", kind: "assign", body: { lead: "ben" } }))).toEqual(taken);
  expect(left(event({ conversation: "c_1", kind: "assign", body: { lead: "me" } }))).toEqual(all);
  expect(left(event({ conversation: "c_1", kind: "help.taken" }))).toEqual(all.filter((kind) => kind !== "help"));
  expect(left(ended("c_1", "promise"))).toEqual(all.filter((kind) => kind !== "promise"));
  expect(left(event({ conversation: "c_1", kind: "message", actor: { kind: "agent", id: "me" } }))).toEqual([]);
  expect(left(read("c_1"))).toEqual([]);
});

test("that a colleague of a direct talk has read it, as who wrote it does at once, is not that I have", () => {
  expect(left(read("c_1", "ben"))).toEqual([...soundKinds]);
});

test("two kinds about one chat sound each until it is over", () => {
  const { tick, env } = clock();
  const one = unseen("me", never, env);
  const heard: string[] = [];
  one.put("c_1", "help", () => heard.push("help"));
  one.put("c_1", "mention", () => heard.push("mention"));
  one.heard(event({ conversation: "c_1", kind: "help.taken" }), empty());
  tick();
  expect(heard).toEqual(["mention"]);
});

test("a sound that comes again is silent while nobody is to disturb, and what rings is not", () => {
  const { tick, env } = clock();
  let undisturbed = true;
  const one = unseen("me", (kind) => undisturbed && kind !== "offer", env);
  const heard: string[] = [];
  one.put("c_1", "message", () => heard.push("message"));
  tick();
  expect(heard).toEqual([]);
  one.put("c_2", "offer", () => heard.push("offer"));
  tick();
  undisturbed = false;
  tick();
  expect(heard).toEqual(["offer", "message"]);
});

test("a page that nobody sits at falls silent", () => {
  const { tick, runs, env } = clock();
  let heard = 0;
  unseen("me", never, env).put("c_1", "message", () => heard++);
  for (let i = 0; i < 2 * mostTimes; i++) tick();
  expect(heard).toBe(mostTimes);
  expect(runs.size).toBe(0);
});
