import type { SocketLike } from "./carriers.ts";
import { cut, newLine, open, wake } from "./line.ts";
import type { Down, Up } from "./wire.ts";

/** StreamState is what a person may be told about the line. */
export type StreamState =
  | { kind: "connecting" }
  | { kind: "live"; transport: "ws" | "sse" | "shared" }
  /** The line is down; the next try is at `until` (Date.now() milliseconds). */
  | { kind: "waiting"; until: number }
  /** It will not come back by itself: sign in again, revoked, reload the page, a fault of ours. */
  | { kind: "stopped"; why: "signed-out" | "revoked" | "outdated" | "refused" | "closed" };

/** StreamOptions say where to connect and what to do with what comes. */
export interface StreamOptions {
  /** "/v1/stream" for agents, "/v1/visitor/stream" for visitors. */
  path: string;
  /** What the auth frame carries besides the cursor: nothing for agents, token and site for visitors. */
  auth?: () => { token?: string; site?: string };
  /** The cursor of the snapshot that is on screen; "" where there is none yet. */
  cursor: string;
  /** Every frame but hello, ping, reset and bye, in order. An error thrown here drops the line, which then resumes. */
  onFrame: (frame: Down) => void;
  /**
   * The server cannot resume: load the snapshot, put it on screen, answer its
   * cursor. Called again, after a pause, where it throws.
   */
  onReset: (reason: string) => Promise<string>;
  onState?: (state: StreamState) => void;
  /** The server's clock, in microseconds, at each hello. */
  onClock?: (now: number) => void;
  /** "auto" tries WebSocket first and turns to SSE after two failures in a row. */
  transport?: "auto" | "ws" | "sse";
  /** Names who reads. Where the line is SSE, the tabs with the same name share one; without a name each has its own. */
  share?: string;
  env?: Partial<StreamEnv>;
}

/** Stream is a line to the server that restores itself until it is closed. */
export interface Stream {
  /** send passes a signal upward; while the line is down it is dropped, except that the last `watch` is repeated at each connect. */
  send(frame: Up): void;
  /** resume drops the line and connects at once from the cursor: for a gap that the reducer found. */
  resume(): void;
  /** close ends it for good: nothing is delivered after. */
  close(): void;
}

/** StreamEnv is the outside world, replaced in tests. */
export interface StreamEnv {
  now: () => number;
  random: () => number;
  setTimeout: (run: () => void, ms: number) => number;
  clearTimeout: (id: number) => void;
  openSocket: (url: string) => SocketLike;
  fetch: typeof fetch;
  /** Calls back when the network is back or the page is looked at; answers how to stop. */
  onWake: (run: () => void) => () => void;
  origin: () => string;
}

/** The times of a stream, in milliseconds. */
export const streamTimes = {
  /** From the first try to hello; a WebSocket that hangs longer is given up. */
  helloMs: 10_000,
  /** Silence after which the line counts as dead: two pings are missing. */
  silenceMs: 45_000,
  /** How long the loading of a snapshot may take. */
  resetMs: 25_000,
  minWaitMs: 500,
  maxWaitMs: 20_000,
  /** After so long without a break the back-off begins anew. */
  stableMs: 30_000,
  /** The longest wait once the network is back or the page is looked at. */
  wakeMs: 1_000,
} as const;

/** connect opens a Stream. */
export function connect(options: StreamOptions): Stream {
  const line = newLine(options);
  const stopListening = line.env.onWake(() => wake(line));
  open(line);
  return {
    send: (frame) => {
      if (frame.type === "watch") line.watch = frame;
      if (line.live) line.carrier?.send(frame);
    },
    resume: () => {
      if (!line.closed && line.state.kind !== "stopped") open(line);
    },
    close: () => {
      line.closed = true;
      stopListening();
      cut(line);
      line.state = { kind: "stopped", why: "closed" };
    },
  };
}
