import { ApiError } from "./api.ts";
import { type NewOutgoing, type Outbox, type Outgoing, outbox, type OutboxEnv, type OutboxStore } from "./outbox.ts";
import { outgoingOf } from "./outgoing.ts";
import { dice, type Dice } from "./random.testing.ts";

/**
 * Mailroom is a server, the storage of one browser and a few tabs, played by
 * chance: requests and answers are lost, tabs crash and come back, the line
 * goes and returns. Nothing here waits for real time: tasks run when picked.
 */
export interface Mailroom {
  dice: Dice;
  now: number;
  online: boolean;
  /** What the server has acknowledged or stored, in order: one entry for each key. */
  stored: { key: string; conversation: string; text: string }[];
  /** Every request that reached the server. */
  posts: string[];
  kept: Map<string, Outgoing>;
  tabs: Tab[];
  opened: number;
  tasks: Task[];
  locks: Map<string, Promise<unknown>>;
  listeners: Map<object, () => void>;
  faults: Faults;
  /** Texts by what the person did with them. */
  wanted: Set<string>;
  dropped: Set<string>;
  /** Messages that a tab showed and then did not, though they had arrived and it had not heard so. */
  vanished: string[];
}

interface Task {
  run: () => void;
  tab: Tab | undefined;
  due: number;
}

export interface Tab {
  box: Outbox;
  number: number;
  alive: boolean;
  onCrash: (() => void)[];
  /** Keys of what it knows to have arrived. */
  heard: Set<string>;
}

/** Faults are planted to see that the laws find them. */
export interface Faults {
  /** Nothing is kept over a reload. */
  forgetful?: boolean;
  /** Each attempt has a key of its own. */
  newKeys?: boolean;
  /** Nobody asks what became of what another tab has sent. */
  deaf?: boolean;
  /** Locks let everybody in. */
  noLocks?: boolean;
  /** What is kept comes back in another order. */
  shuffled?: boolean;
  /** The line never breaks: for counting requests. */
  perfect?: boolean;
}

export function mailroom(seed: number, faults: Faults = {}): Mailroom {
  return {
    dice: dice(seed),
    now: 1_700_000_000_000,
    online: true,
    stored: [],
    posts: [],
    kept: new Map(),
    tabs: [],
    opened: 0,
    tasks: [],
    locks: new Map(),
    listeners: new Map(),
    faults,
    wanted: new Set(),
    dropped: new Set(),
    vanished: [],
  };
}

/** openTab starts a tab over what the browser has kept, and what was written in it before it had an outbox. */
export function openTab(room: Mailroom, early: readonly Outgoing[] = []): Tab {
  const tab: Tab = { number: ++room.opened, alive: true, onCrash: [], heard: new Set(), box: undefined as unknown as Outbox };
  let shown = early;
  tab.box = outbox<string>({
    name: "test",
    store: storeOf(room, tab),
    early,
    send: (item) => post(room, tab, item),
    onSent: (item) => void tab.heard.add(item.key),
    ...(room.faults.deaf ? {} : { onGone: () => soon(room, tab, () => hearAll(room, tab)) }),
    onChange: (items) => {
      const left = shown.filter((item) => !items.some((i) => i.key === item.key) && !tab.heard.has(item.key));
      room.vanished.push(
        ...left.filter((item) => room.stored.some((s) => s.key === item.key)).map((item) => `${item.text} from tab ${tab.number}`),
      );
      shown = items;
    },
    env: envOf(room, tab),
  });
  room.tabs.push(tab);
  return tab;
}

/** writtenEarly says something in the tab that is opened next; by then it may be kept, or not yet. */
export function writtenEarly(room: Mailroom, conversation: string): Outgoing[] {
  const message: NewOutgoing = { conversation, voice: "reply", text: `${room.wanted.size} in tab ${room.opened + 1}` };
  const item = outgoingOf(message, `e${room.wanted.size}-${room.dice.below(1e9)}`, room.now, []);
  room.wanted.add(item.text);
  if (room.dice.below(2) === 0 && !room.faults.forgetful) room.kept.set(item.key, item);
  return [item];
}

/** crash ends a tab without a word: what it was doing never goes on, and its locks are free. */
export function crash(room: Mailroom, tab: Tab): void {
  tab.alive = false;
  room.tabs = room.tabs.filter((t) => t !== tab);
  room.tasks = room.tasks.filter((t) => t.tab !== tab);
  tab.box.close();
  for (const free of tab.onCrash) free();
}

function hearAll(room: Mailroom, tab: Tab): void {
  for (const { key } of room.stored) tab.heard.add(key);
}

function storeOf(room: Mailroom, tab: Tab): OutboxStore {
  const act = <T>(run: () => T): Promise<T> => soon(room, tab, run);
  return {
    load: () =>
      act(() => {
        const items = [...room.kept.values()].map((item) => structuredClone(item));
        return room.faults.shuffled ? items.reverse().map((item, i) => ({ ...item, at: room.now - i })) : items;
      }),
    put: (item) => act(() => void (room.faults.forgetful || room.kept.set(item.key, structuredClone(item)))),
    remove: (key) => act(() => void room.kept.delete(key)),
  };
}

/** soon runs a little later, unless the tab has crashed by then. */
function soon<T>(room: Mailroom, tab: Tab, run: () => T): Promise<T> {
  return new Promise((resolve) => room.tasks.push({ tab, due: 0, run: () => resolve(run()) }));
}

function post(room: Mailroom, tab: Tab, item: Outgoing): Promise<string> {
  const key = room.faults.newKeys ? `${item.key}-${room.posts.length}` : item.key;
  return new Promise((resolve, reject) => {
    const lost = () => room.tasks.push({ tab, due: 0, run: () => reject(new ApiError("offline", "lost")) });
    const trouble = room.faults.perfect ? 1 : room.dice.next();
    if (!room.online || trouble < 0.15) {
      lost();
      return;
    }
    // The request is on its way even where the tab crashes.
    room.tasks.push({
      tab: undefined,
      due: 0,
      run: () => {
        room.posts.push(key);
        if (!room.stored.some((s) => s.key === key)) room.stored.push({ key, conversation: item.conversation, text: item.text });
        if (!room.online || trouble < 0.3) lost();
        else room.tasks.push({ tab, due: 0, run: () => resolve("ok") });
      },
    });
  });
}

function envOf(room: Mailroom, tab: Tab): OutboxEnv {
  return {
    now: () => room.now,
    random: () => room.dice.next(),
    setTimeout: (run, ms) => {
      const task = { tab, due: room.now + ms, run };
      room.tasks.push(task);
      return room.tasks.indexOf(task);
    },
    clearTimeout: () => undefined,
    online: () => room.online,
    exclusive: (name, run) => exclusive(room, tab, name, run),
    channel: (_, onMessage) => {
      const self = {};
      room.listeners.set(self, onMessage);
      const others = () => [...room.listeners].filter(([key]) => key !== self).map(([, hear]) => hear);
      return { tell: () => void others().map((hear) => soon(room, tab, hear)), close: () => void room.listeners.delete(self) };
    },
    newKey: () => `k${room.wanted.size}-${room.dice.below(1e9)}`,
  };
}

/** exclusive is a Web Lock: it is free again when its holder crashes. */
async function exclusive<T>(room: Mailroom, tab: Tab, name: string, run: () => Promise<T>): Promise<T> {
  if (room.faults.noLocks) return run();
  while (room.locks.has(name)) await Promise.race([room.locks.get(name), soon(room, tab, () => undefined)]);
  if (!tab.alive) return new Promise(() => undefined);
  const crashed = new Promise<void>((resolve) => tab.onCrash.push(resolve));
  const work = run();
  const held = Promise.race([work, crashed]).finally(() => room.locks.delete(name));
  room.locks.set(name, held);
  return work;
}

declare function setImmediate(run: () => void): void;

/** later lets everything happen that waits for nothing. */
export function later(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** turn runs one task that may run now, and lets everything that follows from it happen. */
export async function turn(room: Mailroom): Promise<boolean> {
  const ready = room.tasks.filter((t) => t.due <= room.now);
  const task = ready.length === 0 ? undefined : ready[room.dice.below(Math.min(ready.length, 4))];
  if (task !== undefined) {
    room.tasks = room.tasks.filter((t) => t !== task);
    if (task.tab?.alive !== false) task.run();
  }
  await later();
  return task !== undefined;
}

/** put says something in a tab. Each text is unique, so that it can be found again. */
export function put(room: Mailroom, tab: Tab, conversation: string): void {
  const text = `${room.wanted.size} in tab ${tab.number}`;
  const message: NewOutgoing = { conversation, voice: "reply", text };
  room.wanted.add(text);
  room.now += 50;
  tab.box.put(message);
}
