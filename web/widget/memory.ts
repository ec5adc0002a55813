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
  readonly kept: boolean;
  key: string;
}

interface Kept {
  token: string;
  visits: number;
  accent: string;
  position: string;
}

/** remember opens the memory of a site. Where storage is blocked or full it lasts as long as the page. */
export function remember(site: string, storage: () => Storage): Memory {
  const key = `earshot.${site}`;
  const found = usable(storage, key);
  let store = found ?? {};
  let kept = found !== undefined;
  const read = (): Kept => {
    const value = parse(store[key]);
    const token = ownText(value, "token");
    const visits = Number(own(value, "visits")) || 0;
    return { token: tokenForm.test(token) ? token : "", visits, accent: ownText(value, "accent"), position: ownText(value, "position") };
  };
  const write = (change: Partial<Kept>) => {
    const held = { ...read(), ...change };
    const text = JSON.stringify(held);
    try {
      store[key] = text;
    } catch {
      store = { ...store, [key]: text }; // The storage is full: from here on it holds in memory.
      kept = false;
    }
    return held;
  };
  return {
    token: () => read().token || null,
    keep: (token) => write({ token: read().token || token }).token,
    forget: () => void write({ token: "" }),
    visit: () => write({ visits: read().visits + 1 }).visits,
    look: read,
    setLook: write,
    items: () => itemsIn(store, `${key}.`),
    setItem: (name, text) => {
      try {
        if (text === null) delete store[`${key}.${name}`];
        else store[`${key}.${name}`] = text;
        return true;
      } catch {
        return false;
      }
    },
    get kept() {
      return kept;
    },
    key,
  };
}

function itemsIn(store: Items, prefix: string): Items {
  const items: Items = {};
  for (const name in store) if (name.startsWith(prefix)) items[name.slice(prefix.length)] = store[name] ?? "";
  return items;
}

function usable(storage: () => Storage, key: string): Items | undefined {
  try {
    const store: Items = storage() as unknown as Items;
    store[`${key}.probe`] = "1";
    delete store[`${key}.probe`];
    return store;
  } catch {
    return undefined;
  }
}

function parse(text = "{}"): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
