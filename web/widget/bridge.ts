import type { PageInfo } from "$kit/wire.ts";

/**
 * What the loader on the host's page and the frame say to each other. Every
 * message goes to one exact origin; every message that comes is believed only
 * from the exact window and origin. The resume token travels here and nowhere
 * else.
 */
export type ToFrame =
  | {
      earshot: 1;
      type: "init";
      token: string | null;
      page: PageInfo;
      hint: Hint;
      group: string | null;
      signed: string | null;
      theme: string | null;
      dir: string;
      lang: string;
      kept: boolean;
      open: boolean;
      items: Items;
    }
  | { earshot: 1; type: "page"; page: PageInfo; hint: Hint; group: string | null; signed: string | null }
  /** Follows each "init", and comes with each change: an identity as the site's own server signed it; "" or null where nobody is signed in, false where the page could not get one. */
  | { earshot: 1; type: "who"; who: unknown }
  | { earshot: 1; type: "open" }
  | { earshot: 1; type: "close" }
  /** The answer to "shelf" with its id; 0 where another tab changed something. */
  | { earshot: 1; type: "shelf"; id: number; ok: boolean; items: Items }
  /** The token is kept, or an older one was there already; null where it was forgotten in another tab. */
  | { earshot: 1; type: "stored"; token: string | null; kept: boolean };

/** Unmarked is a message before the mark that says it is ours. */
export type Unmarked<M> = M extends unknown ? Omit<M, "earshot"> : never;

/** Items are what the page keeps for the frame: unsent messages and the draft. The frame's own storage is often blocked. */
export type Items = Record<string, string>;

export type ToLoader =
  /** The frame has come up and believes the page; the first word after "init". */
  | { earshot: 1; type: "ready" }
  | { earshot: 1; type: "store"; token: string }
  | { earshot: 1; type: "forget" }
  /** Keeps a text under a name (or forgets it: null), and asks for all that is kept. */
  | { earshot: 1; type: "shelf"; id: number; name?: string; text?: string | null }
  /** Asks the page once more who its visitor is. */
  | { earshot: 1; type: "renew" }
  | { earshot: 1; type: "close" }
  | { earshot: 1; type: "unread"; count: number }
  | { earshot: 1; type: "look"; accent: string; position: string };

export type Theme = "auto" | "light" | "dark";

/** Hint is what the host's page tells about its visitor: unsigned, so never identity. */
export interface Hint {
  name: string;
  email: string;
  data: Record<string, string>;
}

/** ownText reads a text that an object has itself: what a page put into a prototype does not count. */
export function ownText(value: unknown, field: string, most = 4000): string {
  const found = own(value, field);
  return typeof found === "string" ? found.slice(0, most) : "";
}

/** own reads a field that an object has itself. */
export function own(value: unknown, field: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.hasOwn(value, field) ? (value as Record<string, unknown>)[field] : undefined;
}

/** typeOf is the type of a message of ours, or "" for anything else. */
export function typeOf(data: unknown): string {
  return own(data, "earshot") === 1 ? ownText(data, "type", 20) : "";
}

/** tokenForm is what a resume token looks like. */
export const tokenForm = /^[A-Za-z0-9_-]{43,100}$/;
