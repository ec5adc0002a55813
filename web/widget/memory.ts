import { type Items, own, ownText, tokenForm } from "./bridge.ts";

/** Memory is what the loader keeps in the host page's own storage, for one site. */
export interface Memory {
  token(): string | null;
  /** Keeps a token unless one is there already; answers the one that holds. */
  keep(token: string): string;
  forget(): void;
  /** Counts a page view and answers how many there were. */
  visit(): number;
  look(): { accent: string; position: string };
  setLook(look: { accent: string; position: string }): void;
  items(): Items;
  /** Keeps an item, or forgets it where the text is null; answers whether that worked. */
  setItem(name: string, text: string | null): boolean;
  /** Whether it outlives the page. */
  kept: boolean;
  key: string;
}

interface Kept {
  token: string;
  visits: number;
  accent: string;
  position: string;
}

/** remember opens the memory of a site. Where storage is blocked it lasts as long as the page. */
export function remember(site: string, storage: () => Storage): Memory {
  const key = `earshot.${site}`;
  const store = usable(storage, key);
  let held: Kept = { token: "", visits: 0, accent: "", position: "" };
  const loose: Items = {};
  const read = (): Kept => {
    if (store === undefined) return held;
    const value = parse(store, key);
    const token = ownText(value, "token");
    const visits = Number(own(value, "visits")) || 0;
    held = { token: tokenForm.test(token) ? token : "", visits, accent: ownText(value, "accent"), position: ownText(value, "position") };
    return held;
  };
  const write = (change: Partial<Kept>) => {
    held = { ...read(), ...change };
    try {
      store?.setItem(key, JSON.stringify(held));
    } catch {
      // The storage is full: it holds in memory.
    }
    return held;
  };
  return {
    token: () => read().token || null,
    keep: (token) => write({ token: read().token || token }).token,
    forget: () => void write({ token: "" }),
    visit: () => write({ visits: read().visits + 1 }).visits,
    look: read,
    setLook: ({ accent, position }) => void write({ accent, position }),
    items: () => itemsIn(store, `${key}.`, loose),
    setItem: (name, text) => {
      if (text === null) delete loose[name];
      try {
        if (text === null) store?.removeItem(`${key}.${name}`);
        else if (store !== undefined) store.setItem(`${key}.${name}`, text);
        else loose[name] = text;
        return true;
      } catch {
        return false;
      }
    },
    kept: store !== undefined,
    key,
  };
}

function itemsIn(store: Storage | undefined, prefix: string, loose: Items): Items {
  const items = { ...loose };
  for (let i = 0; i < (store?.length ?? 0); i++) {
    const name = store?.key(i) ?? "";
    if (name.startsWith(prefix)) items[name.slice(prefix.length)] = store?.getItem(name) ?? "";
  }
  return items;
}

function usable(storage: () => Storage, key: string): Storage | undefined {
  try {
    const store = storage();
    store.setItem(`${key}.probe`, "1");
    store.removeItem(`${key}.probe`);
    return store;
  } catch {
    return undefined;
  }
}

function parse(store: Storage, key: string): unknown {
  try {
    return JSON.parse(store.getItem(key) ?? "{}");
  } catch {
    return {};
  }
}
