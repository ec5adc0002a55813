import type { Carrier, CarrierEvents } from "./carriers.ts";
import type { Up } from "./wire.ts";

/**
 * Browsers allow six HTTP/1.1 connections per host, so the tabs of one person
 * share one SSE line: the tab that has the Web Lock holds it and repeats every
 * frame on a BroadcastChannel. A tab that joins first listens, and only then
 * loads its snapshot, so that nothing falls between the two; what comes twice
 * is one event to the reducer. When the holder goes, another tab takes over
 * from its own cursor, and whoever stands elsewhere loads its snapshot again.
 */
export function openShared(
  name: string,
  openLine: (on: CarrierEvents) => Carrier,
  cursor: () => string,
  on: CarrierEvents,
  env: SharedEnv = systemSharedEnv(),
): Carrier {
  if (!env.able()) return openLine(on);
  const tab: Tab = {
    id: env.newId(),
    on,
    openLine,
    cursor,
    line: undefined,
    over: false,
    greeted: false,
    startedFrom: "",
    watches: new Map(),
    release: () => undefined,
    channel: { tell: () => undefined, close: () => undefined },
  };
  tab.channel = env.channel(`earshot-line-${name}`, (word) => hear(tab, word));
  tab.channel.tell({ say: "who", id: tab.id });
  // Where locks are blocked each tab has a line of its own.
  void env.hold(`earshot-line-${name}`, () => hold(tab)).catch(() => (tab.line === undefined ? hold(tab) : end(tab)));
  return {
    name: "shared",
    send: (frame) => up(tab, tab.id, frame),
    // The holder's line must be opened anew; who listens goes on listening.
    from: () => tab.line === undefined,
    close: () => leave(tab),
  };
}

/** Word is what tabs say to each other. */
export type Word =
  | { say: "who"; id: string }
  | { say: "hello"; from: string; frame: string; to?: string }
  | { say: "frame"; frame: string }
  | { say: "up"; id: string; frame: Up }
  | { say: "left"; id: string };

/** SharedEnv is the outside world, replaced in tests. */
export interface SharedEnv {
  able: () => boolean;
  newId: () => string;
  channel: (name: string, onWord: (word: Word) => void) => { tell(word: Word): void; close(): void };
  /** Waits for the lock and keeps it until what run answers is done. */
  hold: (name: string, run: () => Promise<void>) => Promise<void>;
}

interface Tab {
  id: string;
  on: CarrierEvents;
  openLine: (on: CarrierEvents) => Carrier;
  cursor: () => string;
  /** The line itself, in the tab that holds it. */
  line: Carrier | undefined;
  over: boolean;
  greeted: boolean;
  startedFrom: string;
  /** What each tab watches; the server is told of all together. */
  watches: Map<string, string[]>;
  release: () => void;
  channel: { tell(word: Word): void; close(): void };
}

/** hold opens the line in this tab, and keeps the lock until it ends. */
function hold(tab: Tab): Promise<void> {
  if (tab.over) return Promise.resolve();
  return new Promise((resolve) => {
    tab.release = resolve;
    tab.startedFrom = tab.cursor();
    tab.greeted = false;
    tab.line = tab.openLine({
      frame: (text) => {
        tab.greeted ||= isHello(text);
        tab.channel.tell(isHello(text) ? { say: "hello", from: tab.startedFrom, frame: text } : { say: "frame", frame: text });
        tab.on.frame(text);
      },
      end: (code, waitMs) => {
        if (code !== undefined) tab.channel.tell({ say: "frame", frame: JSON.stringify({ type: "bye", code, after: waitMs ?? 0 }) });
        end(tab, code, waitMs);
      },
    });
  });
}

function hear(tab: Tab, word: Word): void {
  if (tab.over) return;
  if (tab.line !== undefined) return hearAsHolder(tab, word);
  if (word.say === "hello" && (word.to === undefined || word.to === tab.id)) greet(tab, word.frame, word.from);
  if (word.say === "frame" && tab.greeted) tab.on.frame(word.frame);
}

function hearAsHolder(tab: Tab, word: Word): void {
  if (word.say === "who" && tab.greeted) {
    // It subscribed before it asked; a start that is no cursor of its own makes it load its snapshot.
    tab.channel.tell({ say: "hello", from: "-", frame: helloNow(), to: word.id });
  }
  if (word.say === "up") up(tab, word.id, word.frame);
  if (word.say === "left" && tab.watches.delete(word.id)) tellWatches(tab);
}

/** greet makes a listener live; one that does not stand where the line began must load its snapshot. */
function greet(tab: Tab, hello: string, from: string): void {
  tab.greeted = true;
  tab.on.frame(hello);
  if (!tab.over && from !== tab.cursor()) tab.on.frame(JSON.stringify({ type: "reset", scope: "all", reason: "new" }));
}

function up(tab: Tab, from: string, frame: Up): void {
  if (tab.line === undefined) return tab.channel.tell({ say: "up", id: from, frame });
  if (frame.type !== "watch") return tab.line.send(frame);
  tab.watches.set(from, frame.conversations);
  tellWatches(tab);
}

function tellWatches(tab: Tab): void {
  const all = [...new Set([...tab.watches.values()].flat())];
  tab.line?.send({ type: "watch", conversations: all.slice(-30) });
}

function end(tab: Tab, code?: number, waitMs?: number): void {
  if (tab.over) return;
  leave(tab);
  tab.on.end(code, waitMs);
}

function leave(tab: Tab): void {
  if (tab.over) return;
  tab.over = true;
  tab.channel.tell({ say: "left", id: tab.id });
  tab.line?.close();
  tab.release();
  tab.channel.close();
}

function helloNow(): string {
  return JSON.stringify({ type: "hello", stream: "", node: "", now: Date.now() * 1000, resumed: true });
}

function isHello(text: string): boolean {
  return /^\s*\{\s*"type"\s*:\s*"hello"/.test(text);
}

function systemSharedEnv(): SharedEnv {
  return {
    able: () => "locks" in navigator && typeof BroadcastChannel !== "undefined",
    newId: () => Math.random().toString(36).slice(2),
    channel: (name, onWord) => {
      try {
        const channel = new BroadcastChannel(name);
        channel.onmessage = (event: MessageEvent<Word>) => onWord(event.data);
        return { tell: (word) => channel.postMessage(word), close: () => channel.close() };
      } catch {
        return { tell: () => undefined, close: () => undefined };
      }
    },
    hold: async (name, run) => void (await navigator.locks.request(name, run)),
  };
}
