/** What is typed into a dialog, kept on this device until the act is done; signing out wipes it (see wipe.ts). */

/** KeptStorage is localStorage; asking for it may throw. */
export type KeptStorage = () => Pick<globalThis.Storage, "getItem" | "setItem" | "removeItem">;

/** keptKey is where a dialog's words lie: those of one agent about one subject. */
export function keptKey(dialog: string, me: string, about = ""): string {
  return ["earshot", dialog, me, about].filter((part) => part !== "").join(".");
}

/** readKept is what lies there; null where nothing does, or nothing that can be read. */
export function readKept(storage: KeptStorage, key: string): object | null {
  try {
    const kept: unknown = JSON.parse(storage().getItem(key) ?? "null");
    return typeof kept === "object" ? kept : null;
  } catch {
    return null;
  }
}

/** writeKept puts it there; null forgets it. */
export function writeKept(storage: KeptStorage, key: string, value: object | null): void {
  try {
    if (value === null) storage().removeItem(key);
    else storage().setItem(key, JSON.stringify(value));
  } catch {
    // Storage is blocked: it lives as long as the dialog.
  }
}

/** Kept is the words of one dialog. */
export interface Kept<T extends object> {
  /** What the dialog begins with. */
  readonly first: T;
  keep(value: T): void;
  /** The act is done: the next time begins empty. */
  forget(): void;
}

/** keptForm reads what was typed before; a part that is missing or of another kind is as in empty, where null stands for words not typed yet. */
export function keptForm<T extends object>(storage: KeptStorage, key: string, empty: T): Kept<T> {
  const found = Object.entries(readKept(storage, key) ?? {});
  const kindOf = (part: unknown) => (part === null ? "string" : typeof part);
  const fits = found.filter(([name, part]) => part !== null && typeof part === kindOf(empty[name as keyof T]));
  let done = false;
  return {
    first: { ...empty, ...Object.fromEntries(fits) },
    keep: (value) => {
      if (done) return;
      writeKept(storage, key, JSON.stringify(value) === JSON.stringify(empty) ? null : value);
    },
    forget: () => {
      done = true;
      writeKept(storage, key, null);
    },
  };
}

/** onDevice is where they are kept. */
export const onDevice: KeptStorage = () => window.localStorage;
