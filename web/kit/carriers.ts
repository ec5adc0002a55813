import type { Up } from "./wire.ts";

/** Carrier takes frames to the server and back over one connection. */
export interface Carrier {
  name: "ws" | "sse" | "shared";
  send(frame: Up): void;
  /** from goes on after a reset; false where the line must be opened anew for that. */
  from(cursor: string): boolean;
  close(): void;
}

/** CarrierEvents is what a carrier tells; nothing after end, and nothing after close. */
export interface CarrierEvents {
  frame(text: string): void;
  /** The close code, if any was given, and how long the server asked to wait. */
  end(code?: number, waitMs?: number): void;
}

/** SocketLike is the part of WebSocket that is used. */
export interface SocketLike {
  onopen: ((event: Event) => void) | null;
  onmessage: ((event: MessageEvent) => void) | null;
  onclose: ((event: CloseEvent) => void) | null;
  send(text: string): void;
  close(code?: number): void;
}

/** openWebSocket carries frames over a WebSocket. */
export function openWebSocket(make: (url: string) => SocketLike, url: string, auth: () => Up, on: CarrierEvents): Carrier {
  let over = false;
  const finish = (code?: number) => {
    if (over) return;
    over = true;
    on.end(code);
  };
  let socket: SocketLike;
  try {
    socket = make(url);
  } catch {
    queueMicrotask(() => finish());
    return {
      name: "ws",
      send: () => undefined,
      from: () => false,
      close: () => {
        over = true;
      },
    };
  }
  socket.onopen = () => over || socket.send(JSON.stringify(auth()));
  socket.onmessage = (event) => over || typeof event.data !== "string" || on.frame(event.data);
  socket.onclose = (event) => finish(event.code >= 4000 ? event.code : undefined);
  const send = (frame: Up) => {
    if (!over) socket.send(JSON.stringify(frame));
  };
  return {
    name: "ws",
    send,
    from: (cursor) => {
      send({ type: "from", cursor });
      return true;
    },
    close: () => {
      over = true;
      socket.close();
    },
  };
}

/** Watched is what a line watches as it was said last, so that the next one begins with it. */
export interface Watched {
  conversations: readonly string[];
}

/**
 * openSse carries frames over a streamed POST; what goes up are small POSTs of their own, which any node takes
 * and hands to the one that holds the line. Where that cannot be, what is watched must not be lost: the line
 * ends, and the next one says it in its auth frame.
 */
export function openSse(post: typeof fetch, path: string, auth: () => Up, watched: Watched, on: CarrierEvents): Carrier {
  const abort = new AbortController();
  let stream = "";
  const frame = (text: string) => {
    if (abort.signal.aborted) return;
    stream ||= streamIn(text);
    on.frame(text);
  };
  const finish = (code?: number, waitMs?: number) => {
    if (abort.signal.aborted) return;
    abort.abort();
    on.end(code, waitMs);
  };
  const first = withWatched(auth(), watched);
  let told = JSON.stringify(watched.conversations);
  void follow(post, path, first, abort.signal, frame).then(
    (answer) => finish(answer.code, answer.waitMs),
    () => finish(),
  );
  const up = async (sent: Up) => (await post(`${path}/up`, requestOf(first, { stream, frame: sent }, abort.signal))).ok;
  return {
    name: "sse",
    send: (sent) => {
      if (sent.type === "watch") watched.conversations = sent.conversations;
      if (stream === "" || abort.signal.aborted) return;
      if (sent.type !== "watch") return void up(sent).catch(() => undefined); // A signal that is lost is only late.
      const now = JSON.stringify(sent.conversations);
      if (now === told) return;
      told = now;
      up(sent).then(
        (ok) => ok || finish(),
        () => finish(),
      );
    },
    from: () => false,
    close: () => abort.abort(),
  };
}

function withWatched(auth: Up, watched: Watched): Up {
  if (auth.type !== "auth" || watched.conversations.length === 0) return auth;
  return { ...auth, watch: [...watched.conversations] };
}

const codesByStatus: Readonly<Record<number, number>> = {
  400: 4400,
  401: 4401,
  403: 4403,
  404: 4403,
  410: 4403,
  422: 4400,
  426: 4426,
  429: 4429,
};

async function follow(
  post: typeof fetch,
  path: string,
  auth: Up,
  signal: AbortSignal,
  onFrame: (text: string) => void,
): Promise<{ code?: number; waitMs?: number }> {
  const response = await post(path, requestOf(auth, auth, signal, "text/event-stream"));
  if (!response.ok || response.body === null) {
    const code = codesByStatus[response.status];
    const waitMs = 1000 * (Number(response.headers.get("Retry-After")) || 0);
    return code === undefined ? { waitMs } : { code, waitMs };
  }
  await readEvents(response.body, onFrame);
  return {};
}

function requestOf(auth: Up, body: unknown, signal: AbortSignal, accept = "application/json"): RequestInit {
  const headers: Record<string, string> = { "Content-Type": "application/json", Accept: accept };
  if (auth.type === "auth" && auth.token !== undefined) headers["Authorization"] = `Bearer ${auth.token}`;
  if (auth.type === "auth" && auth.site !== undefined) headers["Earshot-Site"] = auth.site;
  return { method: "POST", headers, body: JSON.stringify(body), credentials: "same-origin", cache: "no-store", signal };
}

/** readEvents takes the "data:" lines out of a text/event-stream. */
export async function readEvents(body: ReadableStream<Uint8Array>, onData: (text: string) => void): Promise<void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  let data: string[] = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + decoder.decode(value, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines.map((l) => (l.endsWith("\r") ? l.slice(0, -1) : l))) {
      if (line.startsWith("data:")) data.push(line.slice(line.startsWith("data: ") ? 6 : 5));
      if (line !== "" || data.length === 0) continue;
      onData(data.join("\n"));
      data = [];
    }
  }
}

function streamIn(text: string): string {
  try {
    const frame: unknown = JSON.parse(text);
    return typeof frame === "object" && frame !== null && "stream" in frame && typeof frame.stream === "string" ? frame.stream : "";
  } catch {
    return "";
  }
}
