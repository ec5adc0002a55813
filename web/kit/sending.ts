import { ApiError, isFateUnknown, isKind, isPassing } from "./api.ts";
import { uuid7 } from "./ids.ts";
import { outboxLimits, type Outgoing, type OutboxEnv, type OutboxOptions } from "./outbox.ts";
import type { ConversationId } from "./wire.ts";

/** Box is the mutable inside of one Outbox. */
export interface Box<A> {
  options: OutboxOptions<A>;
  env: OutboxEnv;
  lock: string;
  items: Outgoing[];
  /** Keys that could not be stored: they live in this tab alone. */
  unstored: Set<string>;
  /** Keys whose writing is under way, and how many writes of each. */
  pending: Map<string, number>;
  /** Keys whose writing was not done when the store was read last. */
  touched: Set<string>;
  /** Keys that were removed here, until the store has forgotten them too. */
  removed: Set<string>;
  /** Writes to the store, in order. */
  writes: Promise<void>;
  /** Reads of the store, one after the other. */
  reading: Promise<void>;
  draining: boolean;
  again: boolean;
  reachable: boolean;
  failures: number;
  timer: number;
  closed: boolean;
  channel: { tell(): void; close(): void };
}

export function newBox<A>(options: OutboxOptions<A>): Box<A> {
  return {
    options,
    env: { ...systemEnv(), ...options.env },
    lock: `earshot-outbox-${options.name}`,
    items: [],
    unstored: new Set(),
    pending: new Map(),
    touched: new Set(),
    removed: new Set(),
    writes: Promise.resolve(),
    reading: Promise.resolve(),
    draining: false,
    again: false,
    reachable: true,
    failures: 0,
    timer: 0,
    closed: false,
    channel: { tell: () => undefined, close: () => undefined },
  };
}

/** drain sends what can be sent. One runs at a time in this tab, and one among all tabs. */
export async function drain<A>(box: Box<A>): Promise<void> {
  if (box.draining) {
    box.again = true;
    return;
  }
  box.draining = true;
  do {
    box.again = false;
    const fate = await box.env.exclusive(box.lock, () => sendAll(box)).catch(() => "later" as const);
    if (fate === "later") box.again = false; // The pause counts for what was put meanwhile too.
  } while (box.again && !box.closed);
  box.draining = false;
}

async function sendAll<A>(box: Box<A>): Promise<Fate> {
  for (;;) {
    await reload(box);
    const item = nextOf(box);
    if (item === undefined || box.closed || !(box.reachable || box.env.online())) return "sent";
    const fate = await attempt(box, item);
    if (fate === "later") return fate;
    box.failures = 0;
  }
}

/** nextOf is the oldest message that may go out. A held one holds back what was written after it. */
function nextOf<A>(box: Box<A>): Outgoing | undefined {
  const blocked = new Set<ConversationId>();
  for (const item of box.items) {
    if (item.state === "held") blocked.add(item.conversation);
    if (item.state === "waiting" && !blocked.has(item.conversation)) return item;
  }
  return undefined;
}

/** Fate is what became of one attempt. */
export type Fate = "sent" | "refused" | "later";

/** attempt sends one message. Before it leaves, the store knows that its fate may become unknown. */
export async function attempt<A>(box: Box<A>, item: Outgoing): Promise<Fate> {
  const before = { unknown: item.unknown, state: item.state };
  const sending: Outgoing = { ...item, state: "sending", unknown: true };
  update(box, sending);
  await box.writes;
  try {
    const answer = await box.options.send(sending);
    if (!box.closed && !box.removed.has(item.key)) box.options.onSent(sending, answer);
    drop(box, item.key);
    return "sent";
  } catch (error) {
    if (isPassing(error)) {
      const unknown = before.unknown || isFateUnknown(error);
      if (!box.removed.has(item.key)) update(box, { ...sending, state: before.state, unknown });
      postpone(box, error);
      return "later";
    }
    if (!box.removed.has(item.key)) update(box, refusedBy(sending, error));
    return "refused";
  }
}

function refusedBy(item: Outgoing, error: unknown): Outgoing {
  const { kind, message, data } = error instanceof ApiError ? error : new ApiError("broken", String(error));
  const asks = kind === "conflict" && typeof data === "object" && data !== null && ("replies" in data || "ask" in data || "agents" in data);
  return { ...item, state: asks ? "held" : "refused", unknown: false, problem: { kind, message, data } };
}

/** postpone tries again after a pause with full jitter, or when the server asked for. Who is signed out must act first. */
function postpone<A>(box: Box<A>, error: unknown): void {
  if (!box.env.online()) box.reachable = false;
  if (isKind(error, "signed-out") || box.closed) return;
  const most = Math.min(outboxLimits.maxWaitMs, outboxLimits.minWaitMs * 2 ** box.failures++);
  const asked = error instanceof ApiError ? (error.retryAfterMs ?? 0) : 0;
  const wait = Math.max(asked, outboxLimits.minWaitMs + box.env.random() * (most - outboxLimits.minWaitMs));
  box.env.clearTimeout(box.timer);
  box.timer = box.env.setTimeout(() => void drain(box), wait);
}

/** reload takes the store's view, which other tabs change too, and puts aside what has become old. One runs at a time. */
export function reload<A>(box: Box<A>): Promise<void> {
  box.reading = box.reading.then(() => read(box));
  return box.reading;
}

async function read<A>(box: Box<A>): Promise<void> {
  await box.writes; // What was removed here must not be found by the next tab that has the lock.
  box.touched = new Set(box.pending.keys());
  const stored = await box.options.store.load().catch(() => undefined);
  if (stored === undefined) for (const item of box.items) box.unstored.add(item.key);
  else await seeOff(box, new Set(stored.map((i) => i.key)));
  // What changed here while the store was read is newer than what was read.
  const mine = new Map(box.items.filter((i) => isOurs(box, i)).map((i) => [i.key, i]));
  const others = (stored ?? []).filter((i) => !mine.has(i.key) && !box.removed.has(i.key));
  change(box, [...mine.values(), ...others].sort(byAge));
  const limit = box.env.now() - outboxLimits.oldMs;
  for (const item of box.items) if (item.state === "waiting" && item.at < limit) update(box, { ...item, state: "old" });
}

/** seeOff lets go of what another tab has sent or discarded. Until it is known what became of it, it shows as on its way: no message is out of sight, and none there twice. */
async function seeOff<A>(box: Box<A>, stored: ReadonlySet<string>): Promise<void> {
  const gone = new Set(box.items.filter((i) => !isOurs(box, i) && !stored.has(i.key)).map((i) => i.key));
  if (gone.size === 0) return;
  change(
    box,
    box.items.map((i) => (gone.has(i.key) ? { ...i, state: "sending" } : i)),
  );
  await box.options.onGone?.().catch(() => undefined);
  box.items = box.items.filter((i) => !gone.has(i.key));
}

function isOurs<A>(box: Box<A>, item: Outgoing): boolean {
  return item.state === "sending" || box.touched.has(item.key) || box.unstored.has(item.key);
}

/** refresh shows what another tab changed. */
export async function refresh<A>(box: Box<A>): Promise<void> {
  if (box.closed) return;
  await reload(box);
  if (nextOf(box) !== undefined) void drain(box);
}

function byAge(a: Outgoing, b: Outgoing): number {
  return a.at - b.at || (a.key < b.key ? -1 : 1);
}

export function update<A>(box: Box<A>, item: Outgoing): void {
  change(box, box.items.map((i) => (i.key === item.key ? item : i)).sort(byAge));
  keep(box, item);
}

export function change<A>(box: Box<A>, items: Outgoing[]): void {
  box.items = items;
  if (!box.closed) box.options.onChange?.(items);
}

/** keep writes an item. "sending" is never stored: after a crash nobody is sending. */
export function keep<A>(box: Box<A>, item: Outgoing): void {
  const stored: Outgoing = item.state === "sending" ? { ...item, state: "waiting" } : item;
  box.touched.add(item.key);
  box.pending.set(item.key, (box.pending.get(item.key) ?? 0) + 1);
  write(box, async () => {
    try {
      if (!box.removed.has(item.key)) await box.options.store.put(stored);
    } catch {
      box.unstored.add(item.key);
      box.options.onVolatile?.();
    }
    const left = (box.pending.get(item.key) ?? 1) - 1;
    if (left > 0) box.pending.set(item.key, left);
    else box.pending.delete(item.key);
  });
}

export function drop<A>(box: Box<A>, key: string): void {
  box.removed.add(key);
  change(
    box,
    box.items.filter((i) => i.key !== key),
  );
  write(box, async () => {
    await box.options.store.remove(key).catch(() => undefined);
    box.unstored.delete(key);
  });
}

function write<A>(box: Box<A>, run: () => Promise<void>): void {
  box.writes = box.writes.then(run).then(() => box.channel.tell());
}

function systemEnv(): OutboxEnv {
  return {
    now: () => Date.now(),
    random: () => Math.random(),
    setTimeout: (run, ms) => setTimeout(run, ms) as unknown as number,
    clearTimeout: (id) => clearTimeout(id),
    online: () => navigator.onLine !== false,
    exclusive: async (name, run) => {
      // Web Locks need a secure context and storage that is not blocked; without
      // them the keys alone keep a message from being stored twice.
      let begun = false;
      const once = () => {
        begun = true;
        return run();
      };
      try {
        return "locks" in navigator ? await navigator.locks.request(name, once) : await once();
      } catch (error) {
        if (begun) throw error;
        return run();
      }
    },
    channel: (name, onMessage) => {
      try {
        const channel = new BroadcastChannel(name);
        channel.onmessage = onMessage;
        return { tell: () => channel.postMessage(1), close: () => channel.close() };
      } catch {
        return { tell: () => undefined, close: () => undefined }; // Blocked: other tabs learn it when they read the store.
      }
    },
    newKey: (now) => uuid7(now),
  };
}
