import { expect, test } from "vitest";
import { readEvents } from "./carriers.ts";
import { dial, event, type FakeSocket, hello, lab, type Lab, last, pass, settle, state } from "./line.testing.ts";
import { streamTimes } from "./stream.ts";
import type { Down, Up } from "./wire.ts";

function live(l: Lab): FakeSocket {
  const socket = last(l.sockets);
  socket.accept();
  socket.say(hello());
  return socket;
}

/** again lets the wait go by, so that the next try has just begun. */
function again(l: Lab): void {
  const s = state(l);
  if (s.kind !== "waiting") throw new Error(`not waiting: ${s.kind}`);
  pass(l, s.until - l.now);
}

test("stream: the first frame carries who reads and from where", () => {
  const l = lab();
  dial(l, { cursor: "17", auth: () => ({ token: "t", site: "k" }) });
  live(l);
  expect(last(l.sockets).sent).toEqual([{ type: "auth", cursor: "17", token: "t", site: "k" }]);
  expect(state(l)).toEqual({ kind: "live", transport: "ws" });
  expect(l.clocks).toEqual([42]);
});

test("stream: events move the cursor, and a new line resumes from it", () => {
  const l = lab();
  dial(l);
  const socket = live(l);
  for (const seq of [1, 2, 3]) socket.say(event(seq));
  socket.say({ type: "ping", cursor: "9" });
  socket.say({ type: "ping" });
  socket.end();
  pass(l, streamTimes.maxWaitMs);
  last(l.sockets).accept();
  expect(last(l.sockets).sent[0]).toMatchObject({ cursor: "9" });
  expect(l.frames.map((f) => f.type)).toEqual(["event", "event", "event"]);
});

test("stream: silence for 45 s drops the line, a ping keeps it", () => {
  const l = lab();
  dial(l);
  const socket = live(l);
  pass(l, 40_000);
  socket.say({ type: "ping", cursor: "1" });
  pass(l, 40_000);
  expect(state(l).kind).toBe("live");
  pass(l, 5_001);
  expect(state(l).kind).toBe("waiting");
  expect(socket.over).toBe(true);
});

test("stream: it is never connecting for longer than 25 s, even where nobody answers", () => {
  const l = lab(3);
  dial(l);
  for (let i = 0; i < 400; i++) pass(l, 1_000);
  for (const [i, { at, state: s }] of l.states.entries()) {
    if (s.kind === "connecting") expect((l.states[i + 1]?.at ?? l.now) - at).toBeLessThanOrEqual(25_000);
  }
  expect(l.states.length).toBeGreaterThan(20);
});

test("stream: the back-off has full jitter between 0.5 and 20 s and begins anew after 30 s of calm", () => {
  const waits: number[] = [];
  for (let seed = 1; seed <= 200; seed++) {
    const l = lab(seed);
    dial(l, { transport: "ws" });
    for (let i = 0; i < 9; i++) {
      last(l.sockets).end();
      const s = state(l);
      if (s.kind === "waiting") waits.push(s.until - l.now);
      again(l);
    }
  }
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(500);
  expect(Math.max(...waits)).toBeLessThanOrEqual(20_000);
  const late = waits.filter((_, i) => i % 9 === 8).sort((a, b) => a - b);
  expect(late[20]).toBeLessThan(6_000);
  expect(late[180]).toBeGreaterThan(14_000);
});

test("stream: only a line that was stable for 30 s resets the back-off", () => {
  for (const [calm, most] of [
    [31_000, 1_000],
    [5_000, 20_000],
  ] as const) {
    const waits: number[] = [];
    for (let seed = 1; seed <= 60; seed++) {
      const l = lab(seed);
      dial(l, { transport: "ws" });
      for (let i = 0; i < 8; i++) {
        last(l.sockets).end();
        again(l);
      }
      const socket = live(l);
      pass(l, calm);
      socket.end();
      const s = state(l);
      if (s.kind === "waiting") waits.push(s.until - l.now);
    }
    expect(Math.max(...waits)).toBeLessThanOrEqual(most);
    if (most > 1_000) expect(Math.max(...waits)).toBeGreaterThan(5_000);
  }
});

test("stream: being back online shortens the wait to at most a second, and never to nothing", () => {
  for (let seed = 1; seed <= 100; seed++) {
    const l = lab(seed);
    dial(l, { transport: "ws" });
    for (let i = 0; i < 8; i++) {
      last(l.sockets).end();
      if (i < 7) pass(l, 20_000);
    }
    for (const wake of l.wakes) wake();
    const s = state(l);
    if (s.kind !== "waiting") throw new Error("not waiting");
    expect(s.until - l.now).toBeGreaterThan(0);
    expect(s.until - l.now).toBeLessThanOrEqual(1_000);
  }
});

test("stream: a page that slept finds its dead line when it wakes", () => {
  const l = lab();
  dial(l);
  live(l);
  l.now += 3_600_000; // The timers slept too.
  for (const wake of l.wakes) wake();
  expect([l.sockets.length, state(l).kind]).toEqual([2, "connecting"]);
});

test.each([
  [4400, "refused"],
  [4401, "signed-out"],
  [4403, "revoked"],
  [4426, "outdated"],
])("stream: close code %i ends it for good", (code, why) => {
  for (const said of [true, false]) {
    const l = lab();
    dial(l);
    const socket = live(l);
    if (said) socket.say({ type: "bye", code, after: 0 });
    else socket.end(code);
    pass(l, 600_000);
    expect([state(l), l.sockets.length]).toEqual([{ kind: "stopped", why }, 1]);
  }
});

test.each([4408, 4409, 4500, 1006, 1001])("stream: close code %i comes back", (code) => {
  const l = lab();
  dial(l);
  live(l).end(code);
  pass(l, streamTimes.maxWaitMs);
  expect(l.sockets.length).toBeGreaterThan(1);
});

test("stream: a shutdown says when to come back, too many waits long", () => {
  const l = lab();
  dial(l);
  live(l).say({ type: "bye", code: 4500, after: 7_000 });
  pass(l, 6_999);
  expect(l.sockets).toHaveLength(1);
  const m = lab();
  dial(m);
  live(m).end(4429);
  pass(m, 9_999);
  expect(m.sockets).toHaveLength(1);
});

test("stream: a reset loads the snapshot and goes on from its cursor on the same line", async () => {
  const l = lab();
  dial(l);
  const socket = live(l);
  socket.say({ type: "reset", scope: "all", reason: "gap" });
  socket.say(event(8));
  expect(l.frames).toEqual([]);
  last(l.resets).answer("70");
  await settle();
  expect(socket.sent.at(-1)).toEqual({ type: "from", cursor: "70" });
  expect(l.frames).toHaveLength(1); // It may be newer than the snapshot, so it was held, not dropped.
});

test("stream: a snapshot that fails or takes too long drops the line, and the next one begins with it", async () => {
  for (const late of [true, false]) {
    const l = lab();
    dial(l, { transport: "ws" });
    live(l).say({ type: "reset", scope: "all", reason: "new" });
    if (late) pass(l, streamTimes.resetMs);
    else last(l.resets).fail();
    await settle();
    expect(state(l).kind).toBe("waiting");
    pass(l, streamTimes.maxWaitMs);
    last(l.sockets).accept();
    expect(last(l.sockets).sent[0]).toMatchObject({ cursor: "" });
    last(l.resets).answer("99"); // Too late: it belongs to a line that is gone.
    await settle();
    expect(last(l.sockets).sent).toHaveLength(1);
  }
});

test("stream: what a listener throws at ends in a snapshot instead of coming for ever", () => {
  const l = lab();
  dial(l, {
    onFrame: () => {
      throw new Error("a fault of ours");
    },
  });
  live(l).say(event(1));
  expect(state(l).kind).toBe("waiting");
  pass(l, streamTimes.maxWaitMs);
  last(l.sockets).accept();
  expect(last(l.sockets).sent[0]).toMatchObject({ cursor: "" });
});

test("stream: a frame that is not JSON drops the line", () => {
  const l = lab();
  dial(l);
  live(l).say("{");
  expect(state(l).kind).toBe("waiting");
});

test("stream: what is watched is said again on each line, other signals only while it is up", () => {
  const l = lab();
  const stream = dial(l);
  const watch: Up = { type: "watch", conversations: ["c1"] };
  stream.send(watch);
  stream.send({ type: "typing", on: true });
  const socket = live(l);
  stream.send({ type: "typing", on: false });
  expect(socket.sent.slice(1)).toEqual([watch, { type: "typing", on: false }]);
  socket.end();
  pass(l, streamTimes.maxWaitMs);
  expect(live(l).sent.slice(1)).toEqual([watch]);
});

test("stream: nothing is delivered after close, whatever still comes", async () => {
  const l = lab();
  const stream = dial(l);
  const socket = live(l);
  socket.say({ type: "reset", scope: "all", reason: "new" });
  stream.close();
  socket.say(event(1));
  socket.end(4401);
  last(l.resets).answer("1");
  for (const wake of l.wakes) wake();
  stream.resume();
  await settle();
  pass(l, 600_000);
  expect([l.late, l.sockets.length, l.timers.size, l.wakes.size]).toEqual([[], 1, 0, 0]);
});

test("stream: close inside a listener is obeyed at once", () => {
  const l = lab();
  const stream = dial(l, {
    onFrame: (frame) => {
      l.frames.push(frame);
      stream.close();
    },
  });
  const socket = live(l);
  socket.say(event(1));
  socket.say(event(2));
  expect([l.frames.length, l.late]).toEqual([1, []]);
});

test("stream: two WebSockets without a hello turn it to SSE, which speaks upward by POST", async () => {
  const l = lab();
  const stream = dial(l, { auth: () => ({ token: "t", site: "k" }), cursor: "5" });
  for (let i = 0; i < 2; i++) {
    last(l.sockets).end();
    again(l);
  }
  const request = last(l.requests);
  expect(request).toMatchObject({ path: "/v1/stream", body: { type: "auth", cursor: "5", token: "t", site: "k" } });
  expect(request.headers).toMatchObject({ Accept: "text/event-stream", Authorization: "Bearer t", "Earshot-Site": "k" });
  request.answer(200);
  request.say(hello());
  request.say(event(6));
  await settle();
  expect([state(l), l.frames.length]).toEqual([{ kind: "live", transport: "sse" }, 1]);
  stream.send({ type: "typing", on: true });
  expect(last(l.requests)).toMatchObject({ path: "/v1/stream/up", body: { stream: "s1", frame: { type: "typing", on: true } } });
  request.end();
  await settle();
  again(l);
  expect(l.sockets).toHaveLength(3); // WebSocket is asked again first.
});

test("stream: where no node hands on what an SSE line watches, the next line begins with it", async () => {
  const l = lab();
  const stream = dial(l, { transport: "sse", cursor: "5" });
  last(l.requests).answer(200);
  last(l.requests).say(hello());
  await settle();
  stream.send({ type: "typing", conversation: "c_1", voice: "reply", on: true });
  last(l.requests).answer(404); // only late
  stream.send({ type: "watch", conversations: ["c_1"] });
  last(l.requests).answer(200);
  await settle();
  expect(state(l)).toEqual({ kind: "live", transport: "sse" });
  stream.send({ type: "watch", conversations: ["c_1", "c_2"] });
  last(l.requests).answer(404);
  await settle();
  expect(state(l).kind).toBe("waiting");
  again(l);
  expect(last(l.requests)).toMatchObject({ path: "/v1/stream", body: { type: "auth", cursor: "5", watch: ["c_1", "c_2"] } });
  const requests = l.requests.length;
  last(l.requests).answer(200);
  last(l.requests).say(hello());
  await settle();
  expect([state(l).kind, l.requests.length]).toEqual(["live", requests]); // Nothing is said twice.
});

test("stream: SSE after a reset connects again from the snapshot", async () => {
  const l = lab();
  dial(l, { transport: "sse" });
  last(l.requests).answer(200);
  last(l.requests).say(hello(false));
  last(l.requests).say({ type: "reset", scope: "all", reason: "new" });
  await settle();
  last(l.resets).answer("33");
  await settle();
  expect(l.requests).toHaveLength(2);
  expect(l.requests[0]?.aborted).toBe(true);
  expect(last(l.requests).body).toMatchObject({ cursor: "33" });
});

test.each([
  [401, { kind: "stopped", why: "signed-out" }],
  [403, { kind: "stopped", why: "revoked" }],
])("stream: SSE answered with %i ends as the same close code does", async (status, want) => {
  const l = lab();
  dial(l, { transport: "sse" });
  last(l.requests).answer(status);
  await settle();
  expect(state(l)).toEqual(want);
});

test("stream: SSE waits as long as the server asks", async () => {
  const l = lab();
  dial(l, { transport: "sse" });
  last(l.requests).answer(503, { "Retry-After": "15" });
  await settle();
  pass(l, 14_999);
  expect(l.requests).toHaveLength(1);
  pass(l, 6_000);
  expect(l.requests).toHaveLength(2);
});

test("readEvents: lines may be cut anywhere, comments and other fields are passed over", async () => {
  const text = ': hi\r\nevent: x\r\ndata: {"a":"ä€😀"}\r\n\r\ndata:{"b":2}\n\ndata: one\ndata: two\n\n:\n\n';
  const bytes = new TextEncoder().encode(text);
  for (const size of [1, 2, 3, 7, 1000]) {
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.slice(i * size, (i + 1) * size));
    const body = new ReadableStream<Uint8Array>({
      start: (c) => {
        for (const chunk of chunks) c.enqueue(chunk);
        c.close();
      },
    });
    const got: string[] = [];
    await readEvents(body, (data) => got.push(data));
    expect(got).toEqual(['{"a":"ä€😀"}', '{"b":2}', "one\ntwo"]);
  }
});

/**
 * Sea is a server with a growing log behind a bad network: the cursor is the
 * number of the last event. It answers all events since, or a reset.
 */
async function sea(seed: number, fault = ""): Promise<{ wrongs: string[] }> {
  const l = lab(seed);
  let head = 0;
  let shown: number[] = []; // What the client would show: a snapshot replaces it.
  const take = (frame: Down) => {
    if (frame.type === "event" && frame.event.seq > (shown.at(-1) ?? 0)) shown.push(frame.event.seq);
  };
  const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);
  const sent = new WeakMap<FakeSocket, number>();
  const stream = dial(l, {
    transport: "ws",
    onFrame: (frame) => {
      if (fault !== "drops" || l.dice.chance(0.97)) take(frame);
    },
    onReset: async () => {
      const at = head;
      await settle();
      if (l.dice.chance(0.2)) throw new Error("no snapshot");
      shown = fault === "empty" ? [] : upTo(at);
      return String(at);
    },
  });
  const serve = async (chaos: boolean) => {
    const socket = last(l.sockets);
    if (socket.over) return;
    if (!socket.open) {
      if (!chaos || l.dice.chance(0.7)) socket.accept();
      else if (l.dice.chance(0.5)) socket.end();
      return;
    }
    const from = sent.get(socket);
    const first = socket.sent[0];
    const last_ = socket.sent.at(-1);
    if (from === undefined && first?.type === "auth") {
      const cursor = first.cursor === "" ? -1 : Number(first.cursor);
      const resumes = cursor >= 0 && head - cursor < 30 && !(chaos && l.dice.chance(0.1));
      socket.say(hello(resumes));
      if (!resumes) socket.say({ type: "reset", scope: "all", reason: "gap" });
      sent.set(socket, resumes ? cursor : Number.POSITIVE_INFINITY);
      await settle();
    } else if (from === Number.POSITIVE_INFINITY && last_?.type === "from") {
      sent.set(socket, Number(last_.cursor));
    } else if (from !== undefined && from < head) {
      const skip = fault === "skips" && l.dice.chance(0.05) ? 1 : 0;
      socket.say(event(from + 1 + skip));
      if (!socket.over) sent.set(socket, from + 1 + skip);
    }
    if (chaos && l.dice.chance(0.06)) socket.end(l.dice.pick([1006, 4408, 4500, 4409]));
  };
  for (let step = 0; step < 200; step++) {
    if (l.dice.chance(0.3)) head++;
    if (l.dice.chance(0.05)) pass(l, l.dice.below(50_000));
    if (l.dice.chance(0.05)) for (const wake of l.wakes) wake();
    if (l.dice.chance(0.02)) stream.resume();
    pass(l, 300);
    await serve(true);
  }
  for (let step = 0; step < 400 && shown.length < head; step++) {
    pass(l, 300);
    await serve(false);
  }
  const wrongs = JSON.stringify(shown) === JSON.stringify(upTo(head)) ? [] : [`shows ${shown.join()} of ${head}`];
  for (const [i, { at, state: s }] of l.states.entries()) {
    if (s.kind === "connecting" && (l.states[i + 1]?.at ?? l.now) - at > 25_000) wrongs.push("stuck in connecting");
  }
  stream.close();
  for (const socket of l.sockets) socket.say(event(head + 1));
  await settle();
  pass(l, 100_000);
  return { wrongs: [...wrongs, ...l.late] };
}

test("stream: through cuts, resets and sleep the client shows everything in order, is never stuck, and is silent after close", async () => {
  for (let seed = 1; seed <= 250; seed++) expect({ seed, ...(await sea(seed)) }).toEqual({ seed, wrongs: [] });
});

test.each(["drops", "skips", "empty"])("stream: the law finds a planted fault: one side %s events", async (fault) => {
  let found = false;
  for (let seed = 1; seed <= 250 && !found; seed++) found = (await sea(seed, fault)).wrongs.length > 0;
  expect(found).toBe(true);
});
