import fc from "fast-check";
import { expect, test } from "vitest";
import { ApiError, caller, isFateUnknown, isPassing } from "./api.ts";
import { contrast, onColour } from "./colour.ts";
import { drafts, type DraftsOptions, type KeyValue } from "./drafts.ts";
import { resumeToken, uuid7 } from "./ids.ts";
import { settle } from "./line.testing.ts";
import { clock, micros } from "./time.ts";
import type { Event } from "./wire.ts";

test("uuid7: a valid version 7 that sorts by time and does not repeat", () => {
  const keys = Array.from({ length: 500 }, (_, i) => uuid7(1_700_000_000_000 + i));
  for (const key of keys) expect(key).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect([...keys].sort()).toEqual(keys);
  expect(new Set(keys).size).toBe(500);
});

test("resumeToken: 32 random bytes in base64url", () => {
  expect(resumeToken()).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(resumeToken()).not.toBe(resumeToken());
});

test("onColour: every background gets text that can be read", () => {
  const byte = fc.integer({ min: 0, max: 255 });
  fc.assert(
    fc.property(byte, byte, byte, (r, g, b) => {
      const colour = `#${[r, g, b].map((v) => v.toString(16).padStart(2, "0")).join("")}`;
      expect(contrast(colour, onColour(colour))).toBeGreaterThanOrEqual(4.5);
    }),
  );
});

function answering(status: number, body: string, headers: Record<string, string> = {}): typeof fetch {
  return async () => new Response(status === 204 ? null : body, { status, headers });
}

test.each<[number, string, Record<string, string>, object]>([
  [
    409,
    '{"detail":"Taken.","kind":"conflict","data":{"agent":"a_1"}}',
    {},
    { kind: "conflict", message: "Taken.", data: { agent: "a_1" } },
  ],
  [401, "{}", {}, { kind: "signed-out" }],
  [429, '{"detail":"Wait."}', { "Retry-After": "3" }, { kind: "limited", retryAfterMs: 3000 }],
  [502, "<html>proxy</html>", {}, { kind: "unavailable", status: 502 }],
  [500, "", {}, { kind: "broken" }],
  [413, '{"detail":"Too large."}', {}, { kind: "invalid", message: "Too large." }],
])("call: status %i becomes an error that says what to do", async (status, body, headers, want) => {
  const call = caller({ fetch: answering(status, body, headers) });
  await expect(call("POST", "/x", { body: {} })).rejects.toMatchObject(want);
});

test("call: no line and half an answer both leave the fate unknown", async () => {
  const lost: typeof fetch = () => Promise.reject(new TypeError("failed to fetch"));
  for (const fetch of [lost, answering(200, '{"half')]) {
    const error = await caller({ fetch })("POST", "/x").catch((e: unknown) => e);
    expect(error).toMatchObject({ kind: "offline" });
    expect([isFateUnknown(error), isPassing(error)]).toEqual([true, true]);
  }
  expect(isFateUnknown(new ApiError("invalid", "no"))).toBe(false);
});

test("call: 204 answers nothing, queries leave out what is not given", async () => {
  let url = "";
  const call = caller({
    fetch: async (input) => {
      url = String(input);
      return new Response(null, { status: 204 });
    },
  });
  expect(await call("GET", "/x", { query: { a: "1 2", b: undefined, c: "" } })).toBeUndefined();
  expect(url).toBe("/x?a=1+2");
});

function shelf(): KeyValue {
  const held = new Map<string, string>();
  return { getItem: (k) => held.get(k) ?? null, setItem: (k, v) => void held.set(k, v), removeItem: (k) => void held.delete(k) };
}

function draftsOn(local: KeyValue, save?: DraftsOptions["save"]) {
  const timers: (() => void)[] = [];
  const env = { setTimeout: (run: () => void) => timers.push(run), clearTimeout: () => undefined };
  return { timers, box: drafts(save === undefined ? { name: "a", local, env } : { name: "a", local, env, save }) };
}

test("drafts: kept on the device at once, for each voice, and for nobody else", () => {
  const local = shelf();
  draftsOn(local).box.set("c", "reply", "hello");
  const later = draftsOn(local).box;
  expect([later.get("c", "reply"), later.get("c", "note"), drafts({ name: "b", local }).get("c", "reply")]).toEqual(["hello", "", ""]);
});

test("drafts: a sent draft never comes back, whatever a slow save or an older snapshot says", async () => {
  const answers: ((version: number) => void)[] = [];
  const saved: string[] = [];
  const { box, timers } = draftsOn(shelf(), ({ text }) => {
    saved.push(text);
    return new Promise((answer) => answers.push(answer));
  });
  box.set("c", "reply", "hello");
  timers.at(-1)?.();
  box.sent("c", "reply");
  answers[0]?.(3);
  await settle();
  box.merge([{ conversation: "c", voice: "reply", text: "hello", version: 3 }]);
  expect(box.get("c", "reply")).toBe("");
  answers[1]?.(4);
  await settle();
  box.merge([{ conversation: "c", voice: "reply", text: "hello", version: 3 }]);
  expect([box.get("c", "reply"), saved[1]]).toEqual(["", ""]);
});

test("drafts: what is typed here wins over the server's, what is not touched here follows it", async () => {
  const { box, timers } = draftsOn(shelf(), async () => 7);
  box.set("c", "reply", "mine");
  box.merge([
    { conversation: "c", voice: "reply", text: "theirs", version: 9 },
    { conversation: "d", voice: "note", text: "from the other device", version: 2 },
  ]);
  expect([box.get("c", "reply"), box.get("d", "note")]).toEqual(["mine", "from the other device"]);
  timers.at(-1)?.();
  await settle();
  box.merge([]);
  expect(box.get("d", "note")).toBe("");
});

test("drafts: a message sent from another device takes its draft along", () => {
  const { box } = draftsOn(shelf());
  box.set("c", "reply", "hello ");
  box.heard({ kind: "message", conversation: "c", body: { text: "hello" } } as Event);
  expect(box.get("c", "reply")).toBe("");
});

test("drafts: blocked storage keeps them as long as the page", () => {
  const blocked = () => {
    throw new Error("blocked");
  };
  const { box } = draftsOn({ getItem: blocked, setItem: blocked, removeItem: blocked });
  box.set("c", "reply", "hello");
  expect(box.get("c", "reply")).toBe("hello");
});

test("clock: days and times as the server's clock has them, however wrong this device is", () => {
  const server = Date.parse("2026-03-05T12:00:00Z");
  const times = clock("en-GB", () => server - 3 * 86_400_000, "UTC");
  times.adjust(micros(server));
  const at = (text: string) => micros(Date.parse(text));
  expect(
    ["2026-03-05T01:00Z", "2026-03-04T23:59Z", "2026-03-01T12:00Z", "2026-02-01T12:00Z", "2025-03-05T12:00Z"].map((d) => times.day(at(d))),
  ).toEqual(["Today", "Yesterday", "Sunday", "1 February", "5 March 2025"]);
  expect([times.time(at("2026-03-05T09:05Z")).replace(/^0/, ""), times.sameDay(at("2026-03-05T00:00Z"), at("2026-03-05T23:59Z"))]).toEqual([
    "9:05",
    true,
  ]);
  expect([times.ago(at("2026-03-05T11:57Z")), times.ago(at("2026-03-03T11:57Z"))]).toEqual(["3m", "2d"]);
  expect(times.iso(at("2026-03-05T09:05Z"))).toBe("2026-03-05T09:05:00.000Z");
});
