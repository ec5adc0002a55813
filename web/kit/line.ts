import { type Carrier, type CarrierEvents, type Watched, openSse, openWebSocket } from "./carriers.ts";
import { openShared } from "./shared.ts";
import { type StreamEnv, type StreamOptions, type StreamState, streamTimes } from "./stream.ts";
import type { Down, Up } from "./wire.ts";

type TimerName = "hello" | "silence" | "stable" | "retry" | "reset";

/** Line is the mutable inside of one Stream. */
export interface Line {
  options: StreamOptions;
  env: StreamEnv;
  state: StreamState;
  cursor: string;
  watch: Up | undefined;
  /** What its SSE watches: of a shared line, what all tabs watch together. */
  watched: Watched;
  carrier: Carrier | undefined;
  /** Raised whenever the carrier changes, so that what a former one still says is not heard. */
  turn: number;
  live: boolean;
  resetting: boolean;
  /** What came while a snapshot was being loaded: it may be newer than the snapshot. */
  held: Down[];
  heardAt: number;
  failures: number;
  /** WebSockets in a row that never came to hello. */
  mute: number;
  tries: number;
  bye: { code: number; after: number } | undefined;
  timers: Map<TimerName, number>;
  closed: boolean;
}

export function newLine(options: StreamOptions): Line {
  return {
    options,
    env: { ...systemEnv(), ...options.env },
    state: { kind: "connecting" },
    cursor: options.cursor,
    watch: undefined,
    watched: { conversations: [] },
    carrier: undefined,
    turn: 0,
    live: false,
    resetting: false,
    held: [],
    heardAt: 0,
    failures: 0,
    mute: 0,
    tries: 0,
    bye: undefined,
    timers: new Map(),
    closed: false,
  };
}

/** open begins a new connection from the cursor, whatever was before. */
export function open(line: Line): void {
  cut(line);
  line.tries++;
  show(line, { kind: "connecting" });
  if (line.closed) return; // The listener may have closed it.
  const turn = line.turn;
  const current = () => line.turn === turn && !line.closed;
  const kind = transportOf(line);
  after(line, "hello", streamTimes.helloMs, () => fail(line, kind));
  const events: CarrierEvents = {
    frame: (text) => current() && receive(line, kind, text),
    end: (code, wait) => current() && end(line, kind, code, wait),
  };
  const auth = (): Up => ({ type: "auth", cursor: line.cursor, ...line.options.auth?.() });
  const carrier = openCarrier(line, kind, auth, events);
  if (current()) line.carrier = carrier;
  else carrier.close();
}

function openCarrier(line: Line, kind: "ws" | "sse", auth: () => Up, events: CarrierEvents): Carrier {
  const { env, options } = line;
  if (kind === "ws") return openWebSocket(env.openSocket, env.origin().replace(/^http/, "ws") + options.path, auth, events);
  const sse = (on: CarrierEvents) => openSse(env.fetch, options.path, auth, line.watched, on);
  return options.share === undefined ? sse(events) : openShared(options.share, sse, () => line.cursor, events);
}

/** transportOf turns to SSE after two WebSockets without a hello, and asks WebSocket again every other time. */
function transportOf(line: Line): "ws" | "sse" {
  const wanted = line.options.transport ?? "auto";
  if (wanted !== "auto") return wanted;
  return line.mute >= 2 && line.tries % 2 === 1 ? "sse" : "ws";
}

function receive(line: Line, kind: "ws" | "sse", text: string): void {
  const frame = parse(text);
  if (frame === undefined) return fail(line, kind);
  line.heardAt = line.env.now();
  if (line.live) after(line, "silence", streamTimes.silenceMs, () => fail(line, kind));
  switch (frame.type) {
    case "hello":
      return greet(line, kind, frame.now);
    case "reset":
      return void reset(line, kind, frame.reason);
    case "bye":
      line.bye = { code: frame.code, after: frame.after };
      return end(line, kind, frame.code, frame.after);
    default:
      return take(line, kind, frame);
  }
}

function parse(text: string): Down | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && "type" in value ? (value as Down) : undefined;
  } catch {
    return undefined;
  }
}

function greet(line: Line, kind: "ws" | "sse", now: number): void {
  const turn = line.turn;
  stop(line, "hello");
  line.live = true;
  line.mute = kind === "ws" ? 0 : Math.min(line.mute, 1);
  after(line, "silence", streamTimes.silenceMs, () => fail(line, kind));
  after(line, "stable", streamTimes.stableMs, () => {
    line.failures = 0;
  });
  line.options.onClock?.(now);
  show(line, { kind: "live", transport: line.carrier?.name ?? kind });
  if (line.turn === turn && line.watch !== undefined) line.carrier?.send(line.watch);
}

function take(line: Line, kind: "ws" | "sse", frame: Down): void {
  if (!line.resetting) return deliver(line, kind, frame);
  line.held.push(frame);
  if (line.held.length > maxHeld) fail(line, kind);
}

const maxHeld = 10_000;

/** deliver passes a frame on, and only then moves the cursor: what was not taken in comes again. */
function deliver(line: Line, kind: "ws" | "sse", frame: Down): void {
  const turn = line.turn;
  try {
    if (frame.type !== "ping") line.options.onFrame(frame);
  } catch {
    line.cursor = ""; // What could not be taken in would come again for ever: begin with a snapshot.
    return fail(line, kind);
  }
  if (line.turn === turn && "cursor" in frame && frame.cursor !== "") line.cursor = frame.cursor;
}

async function reset(line: Line, kind: "ws" | "sse", reason: string): Promise<void> {
  if (line.resetting) return;
  const turn = line.turn;
  line.resetting = true;
  line.cursor = "";
  after(line, "reset", streamTimes.resetMs, () => fail(line, kind));
  let cursor: string;
  try {
    cursor = await line.options.onReset(reason);
  } catch {
    if (line.turn === turn && !line.closed) fail(line, kind);
    return;
  }
  if (line.turn !== turn || line.closed) return;
  stop(line, "reset");
  line.cursor = cursor;
  line.resetting = false;
  if (line.carrier?.from(cursor) !== true) return open(line);
  for (const frame of line.held.splice(0)) if (line.turn === turn) deliver(line, kind, frame);
}

/** end obeys the close codes: some never come back by themselves, one says when. */
function end(line: Line, kind: "ws" | "sse", code: number | undefined, wait?: number): void {
  const said = code ?? line.bye?.code;
  const why = said === undefined ? undefined : finals[said];
  if (why !== undefined) {
    cut(line);
    show(line, { kind: "stopped", why });
    return;
  }
  fail(line, kind, said === 4429 ? Math.max(wait ?? 0, streamTimes.maxWaitMs / 2) : wait);
}

const finals: Readonly<Record<number, Extract<StreamState, { kind: "stopped" }>["why"]>> = {
  4400: "refused",
  4401: "signed-out",
  4403: "revoked",
  4426: "outdated",
};

/** fail waits and tries again: full jitter between half a second and a bound that doubles up to 20 s. */
function fail(line: Line, kind: "ws" | "sse", atLeast = 0): void {
  if (!line.live && kind === "ws") line.mute++;
  cut(line);
  const bound = Math.min(streamTimes.maxWaitMs, streamTimes.minWaitMs * 2 ** Math.min(++line.failures, 10));
  schedule(line, Math.max(atLeast, streamTimes.minWaitMs + line.env.random() * (bound - streamTimes.minWaitMs)));
}

function schedule(line: Line, ms: number): void {
  after(line, "retry", ms, () => open(line));
  show(line, { kind: "waiting", until: line.env.now() + ms });
}

/** wake hurries: the network is back, or somebody looks. Never at once, since everybody else woke too. */
export function wake(line: Line): void {
  if (line.closed) return;
  if (line.live && line.env.now() - line.heardAt > streamTimes.silenceMs) return open(line); // Timers slept with the page.
  if (line.state.kind !== "waiting") return;
  const soon = 50 + line.env.random() * (streamTimes.wakeMs - 50);
  if (line.state.until - line.env.now() > soon) schedule(line, soon);
}

export function cut(line: Line): void {
  line.turn++;
  line.live = false;
  line.resetting = false;
  line.held = [];
  line.bye = undefined;
  for (const name of [...line.timers.keys()]) stop(line, name);
  const carrier = line.carrier;
  line.carrier = undefined;
  carrier?.close();
}

function show(line: Line, state: StreamState): void {
  line.state = state;
  if (!line.closed) line.options.onState?.(state);
}

function after(line: Line, name: TimerName, ms: number, run: () => void): void {
  stop(line, name);
  line.timers.set(name, line.env.setTimeout(run, ms));
}

function stop(line: Line, name: TimerName): void {
  const id = line.timers.get(name);
  if (id !== undefined) line.env.clearTimeout(id);
  line.timers.delete(name);
}

function systemEnv(): StreamEnv {
  return {
    now: () => Date.now(),
    random: () => Math.random(),
    setTimeout: (run, ms) => setTimeout(run, ms) as unknown as number,
    clearTimeout: (id) => clearTimeout(id),
    openSocket: (url) => new WebSocket(url),
    fetch: (input, init) => fetch(input, init),
    onWake: (run) => {
      const seen = () => document.visibilityState === "visible" && run();
      window.addEventListener("online", run);
      document.addEventListener("visibilitychange", seen);
      return () => {
        window.removeEventListener("online", run);
        document.removeEventListener("visibilitychange", seen);
      };
    },
    origin: () => location.origin,
  };
}
