import type { SocketLike } from "./carriers.ts";
import { dice, type Dice } from "./random.testing.ts";
import { connect, type Stream, type StreamEnv, type StreamOptions, type StreamState } from "./stream.ts";
import type { Down, Up } from "./wire.ts";

/** Lab is a server, a network and a clock in which nothing happens by itself. */
export interface Lab {
  dice: Dice;
  now: number;
  timers: Map<number, { due: number; run: () => void }>;
  sockets: FakeSocket[];
  requests: FakeRequest[];
  wakes: Set<() => void>;
  states: { at: number; state: StreamState }[];
  frames: Down[];
  resets: { answer: (cursor: string) => void; fail: () => void }[];
  clocks: number[];
  /** What happened after close, which must be nothing. */
  late: string[];
  closed: boolean;
}

/** FakeSocket is one WebSocket, played by the test. */
export interface FakeSocket extends SocketLike {
  sent: Up[];
  open: boolean;
  over: boolean;
  accept(): void;
  say(frame: unknown): void;
  end(code?: number): void;
}

/** FakeRequest is one fetch, played by the test. */
export interface FakeRequest {
  path: string;
  body: unknown;
  headers: Record<string, string>;
  aborted: boolean;
  answer(status: number, headers?: Record<string, string>): void;
  say(frame: unknown): void;
  raw(text: string): void;
  end(): void;
  fail(): void;
}

export function lab(seed = 1): Lab {
  return {
    dice: dice(seed),
    now: 1_000_000,
    timers: new Map(),
    sockets: [],
    requests: [],
    wakes: new Set(),
    states: [],
    frames: [],
    resets: [],
    clocks: [],
    late: [],
    closed: false,
  };
}

/** dial connects a stream in the lab. */
export function dial(l: Lab, options: Partial<StreamOptions> = {}): Stream {
  const note = (what: string) => l.closed && l.late.push(what);
  const stream = connect({
    path: "/v1/stream",
    cursor: "0",
    onFrame: (frame) => {
      note("frame");
      l.frames.push(frame);
    },
    onReset: () => {
      note("reset");
      return new Promise((answer, reject) => l.resets.push({ answer, fail: () => reject(new Error("no snapshot")) }));
    },
    onState: (state) => {
      note("state");
      l.states.push({ at: l.now, state });
    },
    onClock: (now) => void l.clocks.push(now),
    env: env(l),
    ...options,
  });
  return {
    ...stream,
    close: () => {
      stream.close();
      l.closed = true;
    },
  };
}

function env(l: Lab): StreamEnv {
  let timer = 0;
  return {
    now: () => l.now,
    random: () => l.dice.next(),
    setTimeout: (run, ms) => {
      l.timers.set(++timer, { due: l.now + ms, run });
      return timer;
    },
    clearTimeout: (id) => void l.timers.delete(id),
    openSocket: () => fakeSocket(l),
    fetch: fakeFetch(l),
    onWake: (run) => {
      l.wakes.add(run);
      return () => void l.wakes.delete(run);
    },
    origin: () => "https://earshot.example",
  };
}

function fakeSocket(l: Lab): FakeSocket {
  const socket: FakeSocket = {
    sent: [],
    open: false,
    over: false,
    onopen: null,
    onmessage: null,
    onclose: null,
    send: (text) => void socket.sent.push(JSON.parse(text) as Up),
    close: () => {
      socket.over = true;
    },
    accept: () => {
      socket.open = true;
      socket.onopen?.(new Event("open"));
    },
    say: (frame) => socket.onmessage?.({ data: typeof frame === "string" ? frame : JSON.stringify(frame) } as MessageEvent),
    end: (code = 1006) => {
      socket.over = true;
      socket.onclose?.({ code } as CloseEvent);
    },
  };
  l.sockets.push(socket);
  return socket;
}

function fakeFetch(l: Lab): typeof fetch {
  return (input, init) =>
    new Promise<Response>((resolve, reject) => {
      let writer: ReadableStreamDefaultController<Uint8Array> | undefined;
      const encoder = new TextEncoder();
      const body = new ReadableStream<Uint8Array>({
        start: (controller) => {
          writer = controller;
        },
      });
      const raw = (text: string) => !request.aborted && writer?.enqueue(encoder.encode(text));
      const request: FakeRequest = {
        path: String(input),
        body: JSON.parse(String(init?.body)) as unknown,
        headers: init?.headers as Record<string, string>,
        aborted: false,
        answer: (status, headers = {}) => resolve(new Response(status === 200 ? body : "{}", { status, headers })),
        raw: (text) => void raw(text),
        say: (frame) => void raw(`data: ${JSON.stringify(frame)}\n\n`),
        end: () => !request.aborted && writer?.close(),
        fail: () => reject(new TypeError("failed to fetch")),
      };
      init?.signal?.addEventListener("abort", () => {
        request.aborted = true;
        reject(new DOMException("aborted", "AbortError"));
        writer?.error(new DOMException("aborted", "AbortError"));
      });
      l.requests.push(request);
    });
}

/** pass lets time go by, running each timer when it is due. */
export function pass(l: Lab, ms: number): void {
  const until = l.now + ms;
  for (;;) {
    const [id, next] = [...l.timers].sort((a, b) => a[1].due - b[1].due)[0] ?? [];
    if (id === undefined || next === undefined || next.due > until) break;
    l.now = Math.max(l.now, next.due);
    l.timers.delete(id);
    next.run();
  }
  l.now = until;
}

declare function setImmediate(run: () => void): void;

/** settle lets everything happen that waits for no timer. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise<void>((resolve) => setImmediate(resolve));
}

export function hello(resumed = true, stream = "s1"): Down {
  return { type: "hello", stream, node: "n", now: 42, resumed };
}

/** last is the newest of a list, which must not be empty. */
export function last<T>(items: readonly T[]): T {
  const item = items.at(-1);
  if (item === undefined) throw new Error("lab: nothing there");
  return item;
}

/** state is what the stream shows now. */
export function state(l: Lab): StreamState {
  return last(l.states).state;
}

export function event(seq: number): Down {
  return { type: "event", cursor: String(seq), event: { id: `e${seq}`, conversation: "c", seq, kind: "message" } } as unknown as Down;
}
