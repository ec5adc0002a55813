import type { Outgoing, OutboxStore } from "./outbox.ts";
import { outPrefix } from "./outgoing.ts";

/** Shelf keeps small texts by name, such as the part of a host page's storage that it lends to the widget. */
export interface Shelf {
  all(): Promise<Readonly<Record<string, string>>>;
  /** put keeps a text, or forgets it where it is null. It rejects where nothing could be kept. */
  put(name: string, text: string | null): Promise<void>;
}

/** shelfStore keeps each message under a name of its own, so that two tabs never overwrite each other. */
export function shelfStore(shelf: Shelf): OutboxStore {
  return {
    load: async () => Object.entries(await shelf.all()).flatMap(([name, text]) => (name.startsWith(outPrefix) ? parse(text) : [])),
    put: (item) => shelf.put(outPrefix + item.key, JSON.stringify(item)),
    remove: (key) => shelf.put(outPrefix + key, null),
  };
}

/** indexedDbStore keeps messages in a database of this browser profile. */
export function indexedDbStore(name: string): OutboxStore {
  let opened: Promise<IDBDatabase> | undefined;
  const database = () => {
    opened ??= open(`earshot-outbox-${name}`);
    opened.catch(() => {
      opened = undefined; // The next try may find it open.
    });
    return opened;
  };
  return {
    load: async () => ((await run(await database(), "readonly", (items) => items.getAll())) as unknown[]).filter(isOutgoing),
    put: async (item) => void (await run(await database(), "readwrite", (items) => items.put(item))),
    remove: async (key) => void (await run(await database(), "readwrite", (items) => items.delete(key))),
  };
}

function parse(text: string): Outgoing[] {
  try {
    const value: unknown = JSON.parse(text);
    return isOutgoing(value) ? [value] : [];
  } catch {
    return [];
  }
}

/** isOutgoing refuses what another version or another program left behind. */
function isOutgoing(value: unknown): value is Outgoing {
  if (typeof value !== "object" || value === null) return false;
  const item = value as Record<string, unknown>;
  const texts = ["key", "conversation", "voice", "text", "state"].every((field) => typeof item[field] === "string");
  return texts && typeof item["at"] === "number" && Array.isArray(item["files"]);
}

const table = "items";

function open(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => void request.result.createObjectStore(table, { keyPath: "key" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("outbox: the database is blocked"));
  });
}

function run(database: IDBDatabase, mode: IDBTransactionMode, act: (items: IDBObjectStore) => IDBRequest): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(table, mode, mode === "readwrite" ? { durability: "strict" } : {});
    const request = act(transaction.objectStore(table));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
  });
}
