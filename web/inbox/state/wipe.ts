/** Forgetting everything that this browser keeps of the inbox. */

/** Everything that Earshot keeps in this origin's storage begins so. */
const prefix = /^earshot[.-]/;

/** StorageLike is localStorage or sessionStorage; asking for it may throw. */
export interface StorageLike {
  readonly length: number;
  key(index: number): string | null;
  removeItem(key: string): void;
}

/** wipeStorage removes Earshot's own keys and leaves those of others. */
export function wipeStorage(storage: () => StorageLike): void {
  try {
    const kept = storage();
    const names = Array.from({ length: kept.length }, (_, i) => kept.key(i) ?? "");
    for (const name of names.filter((n) => prefix.test(n))) kept.removeItem(name);
  } catch {
    // Storage is blocked: nothing can lie there.
  }
}

/**
 * wipe removes drafts, unsent messages and everything cached. Databases are
 * emptied and not deleted: another tab may hold one open, and a deletion that
 * waits for it would keep the next sign-in from opening it.
 */
export async function wipe(): Promise<void> {
  wipeStorage(() => window.localStorage);
  wipeStorage(() => window.sessionStorage);
  await Promise.allSettled([wipeDatabases(), wipeCaches(), wipeWorkers()]);
}

async function wipeDatabases(): Promise<void> {
  const names = (await indexedDB.databases()).flatMap(({ name }) => (name && prefix.test(name) ? name : []));
  await Promise.allSettled(names.map(emptyDatabase));
}

function emptyDatabase(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name);
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const database = request.result;
      const tables = [...database.objectStoreNames];
      const done = () => {
        database.close();
        resolve();
      };
      if (tables.length === 0) return done();
      const emptying = database.transaction(tables, "readwrite");
      for (const table of tables) emptying.objectStore(table).clear();
      emptying.oncomplete = done;
      emptying.onabort = done;
    };
  });
}

async function wipeCaches(): Promise<void> {
  if (!("caches" in window)) return;
  await Promise.all((await caches.keys()).map((name) => caches.delete(name)));
}

async function wipeWorkers(): Promise<void> {
  const workers = (await navigator.serviceWorker?.getRegistrations()) ?? [];
  await Promise.all(workers.map((worker) => worker.unregister()));
}
