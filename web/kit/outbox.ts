import { ApiError } from "./api.ts";
import type { TalkLine } from "./channels-api.ts";
import { nextAt, outgoingOf } from "./outgoing.ts";
import { attempt, type Box, change, drain, drop, type Fate, keep, newBox, refresh, reload, update } from "./sending.ts";
import type { UsedReply } from "./replies-api.ts";
import type { AgentId, ConversationId, FileRef, GroupId, Voice } from "./wire.ts";

export { pendingOf } from "./pending.ts";

/** Outgoing is a message that the person has sent and the server has not acknowledged yet. */
export interface Outgoing {
  /** The command's key: it never changes, so a repetition is harmless. */
  key: string;
  /** Messages of one conversation go out in order; "" for a visitor. */
  conversation: ConversationId;
  voice: Voice;
  text: string;
  files: FileRef[];
  /** When it was sent, in milliseconds of this device. */
  at: number;
  typingMs: number;
  /** The last seq that the author had before him. */
  seen: number;
  choice?: Choice;
  /** What a message of the team's own talks says beside its words; it goes to a talk where this is there. */
  talk?: TalkSaid;
  /** Colleagues whom a note calls; grant lets those of them see the conversation who may not. */
  mentions?: AgentId[];
  grant?: boolean;
  /** The saved replies that it was made of. */
  replies?: UsedReply[];
  /**
   * waiting: goes out by itself · sending: on its way · refused: the server said
   * no, see problem · held: the author has to decide first: a colleague answered
   * meanwhile (problem.data has the replies), the group takes no chat now
   * (problem.data has the ask), or whom a note calls may not see it
   * (problem.data has the agents) · old: waited longer than a day and goes out only when the person
   * says so.
   */
  state: "waiting" | "sending" | "refused" | "held" | "old";
  /** It was on its way once without an answer, so it may have arrived. */
  unknown: boolean;
  problem?: { kind: ApiError["kind"]; message: string; data?: unknown };
}

/** TalkSaid is what stands beside the words of a message in a talk. */
export type TalkSaid = Pick<TalkLine, "reply_to" | "groups" | "here" | "cards">;

/** Choice is which group a visitor chose for the Thread that his message begins, and whether it may lie there until somebody is back. */
export interface Choice {
  group?: GroupId;
  leave?: boolean;
}

/** NewOutgoing is what a composer hands over. */
export interface NewOutgoing {
  conversation: ConversationId;
  voice: Voice;
  text: string;
  files?: FileRef[];
  typingMs?: number;
  seen?: number;
  choice?: Choice;
  mentions?: AgentId[];
  talk?: TalkSaid;
  replies?: UsedReply[];
}

/** OutboxStore keeps the messages over a reload. Every tab of the same person shares it. */
export interface OutboxStore {
  load(): Promise<Outgoing[]>;
  put(item: Outgoing): Promise<void>;
  remove(key: string): Promise<void>;
}

/** OutboxOptions are what an outbox needs of its surroundings. */
export interface OutboxOptions<A> {
  /** Names the lock and the channel that tabs share; contains the agent's id or the site's key. */
  name: string;
  store: OutboxStore;
  /** What was written before there was an outbox: it goes out like the rest, and is kept under its own keys. */
  early?: readonly Outgoing[];
  /** Does the POST, and throws an ApiError. */
  send: (item: Outgoing) => Promise<A>;
  /** It is stored: show the answer's events; called before the item leaves the list. */
  onSent: (item: Outgoing, answer: A) => void;
  /** Another tab has sent or discarded what stood here: it leaves the list when this is done, so show what has arrived. */
  onGone?: () => Promise<unknown>;
  /**
   * Looks, without sending, whether an old message has arrived: what waited for
   * more than a day never goes out unasked, not even to learn its fate.
   */
  arrived?: (item: Outgoing) => Promise<boolean>;
  /** The list changed. */
  onChange?: (items: readonly Outgoing[]) => void;
  /** Nothing can be kept over a reload (storage is blocked or full): say so. */
  onVolatile?: () => void;
  env?: Partial<OutboxEnv>;
}

/** OutboxEnv is the outside world, replaced in tests. */
export interface OutboxEnv {
  now: () => number;
  random: () => number;
  setTimeout: (run: () => void, ms: number) => number;
  clearTimeout: (id: number) => void;
  /** What the device says about its network: false is believed, true is tried. */
  online: () => boolean;
  /** Runs alone among all tabs with the same name. */
  exclusive: <T>(name: string, run: () => Promise<T>) => Promise<T>;
  /** Tells the other tabs, and hears them. */
  channel: (name: string, onMessage: () => void) => { tell(): void; close(): void };
  newKey: (now: number) => string;
}

/** Retry is what the author decides of a held message: that he has read up to seen, another choice, or that those whom a note calls may see the conversation. */
export type Retry = Partial<Pick<Outgoing, "seen" | "choice" | "grant">>;

/** Taken is what became of a message that the person wants back. */
export type Taken = { outcome: "taken"; item: Outgoing } | { outcome: "sent" | "unknown" };

/** Outbox sends each message exactly once, in order, as soon as the line allows. */
export interface Outbox {
  items(): readonly Outgoing[];
  /** put keeps a message and sends it. Throws an ApiError "limited" where 200 wait already. */
  put(message: NewOutgoing): Outgoing;
  /** wake tries now: the line is back. */
  wake(): void;
  /** refresh reads the store again: another tab changed it. */
  refresh(): void;
  /** retry sends a refused, held or old message again, with the same key; of a held one what is asked is changed first. */
  retry(key: string, change?: Retry): void;
  /** discard forgets a message. One that was on its way may have arrived all the same. */
  discard(key: string): void;
  /**
   * take removes a message so that its text can be edited. It first resolves
   * what became of it: "taken" with the message, "sent" where it had arrived
   * after all, "unknown" where nobody can say now; then it stays.
   */
  take(key: string): Promise<Taken>;
  /** clear forgets everything: the person signed out or ended the chat. */
  clear(): Promise<void>;
  close(): void;
}

/** The limits of an outbox. */
export const outboxLimits = { items: 200, oldMs: 24 * 3600 * 1000, minWaitMs: 500, maxWaitMs: 20_000 } as const;

/** outbox makes an Outbox over what the store has kept. */
export function outbox<A>(options: OutboxOptions<A>): Outbox {
  const box: Box<A> = newBox(options);
  box.channel = box.env.channel(box.lock, () => void refresh(box));
  box.items = [...(options.early ?? [])];
  for (const item of box.items) keep(box, item);
  void drain(box);
  return {
    items: () => box.items,
    put: (message) => put(box, message),
    wake: () => {
      box.reachable = true;
      box.failures = 0;
      void drain(box);
    },
    refresh: () => void refresh(box),
    retry: (key, change) => retry(box, key, change),
    discard: (key) => drop(box, key),
    take: (key) => box.env.exclusive(box.lock, () => take(box, key)),
    clear: () => clear(box),
    close: () => {
      box.closed = true;
      box.env.clearTimeout(box.timer);
      box.channel.close();
    },
  };
}

function put<A>(box: Box<A>, message: NewOutgoing): Outgoing {
  if (box.items.length >= outboxLimits.items) {
    throw new ApiError("limited", `${outboxLimits.items} messages wait to be sent already.`);
  }
  const now = box.env.now();
  const item = outgoingOf(message, box.env.newKey(now), now, box.items);
  change(box, [...box.items, item]);
  keep(box, item);
  void drain(box);
  return item;
}

function retry<A>(box: Box<A>, key: string, change?: Retry): void {
  const item = box.items.find((i) => i.key === key);
  if (item === undefined || item.state === "sending" || item.state === "waiting") return;
  const { problem: _, ...rest } = { ...item, ...change };
  update(box, { ...rest, state: "waiting", at: item.state === "old" ? nextAt(box.items, box.env.now()) : item.at });
  box.reachable = true;
  void drain(box);
}

async function take<A>(box: Box<A>, key: string): Promise<Taken> {
  await reload(box);
  const item = box.items.find((i) => i.key === key);
  if (item === undefined) return { outcome: "sent" };
  if (item.unknown) {
    const fate = await fateOf(box, item);
    if (fate === "sent") return { outcome: "sent" };
    if (fate === "later") return { outcome: "unknown" };
  }
  drop(box, key);
  return { outcome: "taken", item };
}

async function fateOf<A>(box: Box<A>, item: Outgoing): Promise<Fate> {
  const { arrived } = box.options;
  if (item.state !== "old" || arrived === undefined) return attempt(box, item);
  try {
    if (!(await arrived(item))) return "refused";
    drop(box, item.key);
    return "sent";
  } catch {
    return "later";
  }
}

async function clear<A>(box: Box<A>): Promise<void> {
  for (const item of box.items) drop(box, item.key);
  await box.writes;
}
