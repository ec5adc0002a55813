import { expect, test } from "vitest";
import type { Carrier, CarrierEvents } from "./carriers.ts";
import { settle } from "./line.testing.ts";
import { openShared, type SharedEnv, type Word } from "./shared.ts";
import type { Up } from "./wire.ts";

/** Office is a browser with tabs that share a lock and a channel. */
function office() {
  const listeners = new Map<object, (word: Word) => void>();
  const queue: (() => Promise<void>)[] = [];
  let held = false;
  const lines: { on: CarrierEvents; sent: Up[]; closed: boolean }[] = [];
  let ids = 0;
  const next = async (): Promise<void> => {
    if (held) return;
    const run = queue.shift();
    if (run === undefined) return;
    held = true;
    await run();
    held = false;
    await next();
  };
  const env: SharedEnv = {
    able: () => true,
    newId: () => `tab${++ids}`,
    channel: (_, onWord) => {
      const self = {};
      listeners.set(self, onWord);
      return {
        tell: (word) => {
          for (const [key, hear] of [...listeners]) if (key !== self) queueMicrotask(() => listeners.has(key) && hear(word));
        },
        close: () => void listeners.delete(self),
      };
    },
    hold: (_, run) =>
      new Promise((resolve) => {
        queue.push(() => run().then(resolve));
        void next();
      }),
  };
  const open = (on: CarrierEvents): Carrier => {
    const line = { on, sent: [] as Up[], closed: false };
    lines.push(line);
    return {
      name: "sse",
      send: (up) => void line.sent.push(up),
      from: () => false,
      close: () => {
        line.closed = true;
      },
    };
  };
  const tab = (start: string) => {
    const frames: { type: string; cursor?: string }[] = [];
    const ends: (number | undefined)[] = [];
    const view = { frames, ends, cursor: start, carrier: undefined as Carrier | undefined };
    const frame = (text: string) => {
      const parsed = JSON.parse(text) as { type: string; cursor?: string };
      frames.push(parsed);
      if (parsed.cursor !== undefined) view.cursor = parsed.cursor;
    };
    view.carrier = openShared("me", open, () => view.cursor, { frame, end: (code) => void ends.push(code) }, env);
    return view;
  };
  return { lines, tab, env };
}

const hello = '{"type":"hello","stream":"s","node":"n","now":1,"resumed":true}';
const types = (view: { frames: { type: string }[] }) => view.frames.map((f) => f.type);

test("shared: one tab holds the line, and the others hear every frame once", async () => {
  const o = office();
  const a = o.tab("5");
  const b = o.tab("5");
  await settle();
  expect(o.lines).toHaveLength(1);
  o.lines[0]?.on.frame(hello);
  o.lines[0]?.on.frame('{"type":"event","cursor":"6"}');
  await settle();
  expect([types(a), types(b)]).toEqual([
    ["hello", "event"],
    ["hello", "event"],
  ]);
  expect(b.cursor).toBe("6");
});

test("shared: a tab that joins later listens first and then loads its snapshot", async () => {
  const o = office();
  o.tab("5");
  await settle();
  o.lines[0]?.on.frame(hello);
  const late = o.tab("9");
  await settle();
  expect(types(late)).toEqual(["hello", "reset"]);
  expect(late.carrier?.from("9")).toBe(true);
});

test("shared: a tab that stands elsewhere than the line began loads its snapshot, one that stands there does not", async () => {
  const o = office();
  o.tab("5");
  const behind = o.tab("4");
  const level = o.tab("5");
  await settle();
  o.lines[0]?.on.frame(hello);
  await settle();
  expect([types(behind), types(level)]).toEqual([["hello", "reset"], ["hello"]]);
});

test("shared: when the holder goes, the next tab opens the line from its own cursor", async () => {
  const o = office();
  const a = o.tab("5");
  const b = o.tab("5");
  const c = o.tab("5");
  await settle();
  o.lines[0]?.on.frame(hello);
  o.lines[0]?.on.frame('{"type":"event","cursor":"6"}');
  await settle();
  a.carrier?.close();
  await settle();
  expect([o.lines.length, o.lines[0]?.closed]).toEqual([2, true]);
  o.lines[1]?.on.frame(hello);
  o.lines[1]?.on.frame('{"type":"event","cursor":"7"}');
  await settle();
  expect([b.cursor, c.cursor]).toEqual(["7", "7"]);
  expect(types(c)).toEqual(["hello", "event", "hello", "event"]);
});

test("shared: what tabs watch goes up together, and goes when they go", async () => {
  const o = office();
  const a = o.tab("5");
  const b = o.tab("5");
  await settle();
  o.lines[0]?.on.frame(hello);
  await settle();
  a.carrier?.send({ type: "watch", conversations: ["c1"] });
  b.carrier?.send({ type: "watch", conversations: ["c2", "c1"] });
  b.carrier?.send({ type: "typing", on: true });
  await settle();
  expect(o.lines[0]?.sent.slice(1)).toEqual([
    { type: "watch", conversations: ["c1", "c2"] },
    { type: "typing", on: true },
  ]);
  b.carrier?.close();
  await settle();
  expect(o.lines[0]?.sent.at(-1)).toEqual({ type: "watch", conversations: ["c1"] });
});

test("shared: where locks are blocked each tab has a line of its own", async () => {
  const o = office();
  o.env.hold = () => Promise.reject(new DOMException("blocked", "SecurityError"));
  o.tab("5");
  o.tab("5");
  await settle();
  expect(o.lines).toHaveLength(2);
});

test("shared: an end with a code ends every tab, a broken line only its holder", async () => {
  const o = office();
  const a = o.tab("5");
  const b = o.tab("5");
  await settle();
  o.lines[0]?.on.frame(hello);
  await settle();
  o.lines[0]?.on.end(4401);
  await settle();
  expect(a.ends).toEqual([4401]);
  expect(types(b).at(-1)).toBe("bye");
});
