import type { PageInfo } from "$kit/wire.ts";
import type { Shelf } from "$kit/outbox-store.ts";
import { type Hint, type Items, own, ownText, type Theme, type ToLoader, tokenForm, typeOf } from "./bridge.ts";

/** Host is the page around the frame, once it has shown that it is one of the site's own. */
export interface Host {
  /** Its origin: another page of the same site is another visitor, since it has another storage. */
  origin: string;
  token: string | null;
  page: PageInfo;
  hint: Hint;
  /** The group as the site's own server signed it; "" where it did not. */
  signed: string;
  theme: Theme;
  dir: string;
  lang: string;
  /** Whether the page's storage outlives the page. */
  kept: boolean;
  open: boolean;
  items: Items;
}

/** HostEvents is what the host tells later. */
export interface HostEvents {
  onInit(host: Host): void;
  onPage(page: PageInfo, hint: Hint, signed: string): void;
  onOpen(open: boolean): void;
  /** The token changed: another tab began or ended the chat. */
  onToken(token: string | null): void;
  /** Who its visitor is, as the site's own server signed it; "" = nobody, undefined = the page could not get it. */
  onWho(who: string | undefined): void;
  /** Another tab changed what is kept. */
  onItems(): void;
}

/** HostLine speaks to the host's page. Before init it knows no origin and is silent. */
export interface HostLine {
  send(message: ToLoader): void;
  /** Asks the page to keep a token and answers the one that holds: another tab may have been first. */
  store(token: string): Promise<{ token: string; kept: boolean }>;
  /** What the page keeps for the frame. */
  shelf: Shelf;
  close(): void;
}

const storeMs = 3000;

/**
 * listenToHost believes a message only from the parent window, and only from an
 * origin that the server named for this site. The first init settles the origin
 * for good. The loader speaks first, when the frame has loaded, so that this side
 * never has to guess an origin.
 */
export function listenToHost(window: Window, origins: readonly string[], on: HostEvents): HostLine {
  let origin = "";
  const asked = new Map<number, (answer: { ok: boolean; items: Items }) => void>();
  let waiting: ((answer: { token: string; kept: boolean }) => void) | undefined;
  const hear = (event: MessageEvent) => {
    const data: unknown = event.data;
    const type = typeOf(data);
    if (type === "" || event.source !== window.parent || event.source === window) return;
    if (origin === "" ? !origins.includes(event.origin) : event.origin !== origin) return;
    if (type === "init") {
      const first = origin === "";
      origin = event.origin;
      send({ earshot: 1, type: "ready" });
      if (first) on.onInit(hostOf(data, origin));
      return;
    }
    if (origin === "") return;
    if (type === "page") on.onPage(pageOf(data), hintOf(own(data, "hint")), ownText(data, "signed"));
    if (type === "who") on.onWho(whoOf(own(data, "who")));
    if (type === "open" || type === "close") on.onOpen(type === "open");
    if (type === "shelf") {
      const id = Number(own(data, "id"));
      asked.get(id)?.({ ok: own(data, "ok") === true, items: textsOf(own(data, "items"), mostItems) });
      if (!asked.delete(id)) on.onItems();
    }
    if (type === "stored") {
      const token = tokenOf(data);
      if (token !== null && waiting !== undefined) waiting({ token, kept: own(data, "kept") === true });
      else on.onToken(token);
      waiting = undefined;
    }
  };
  window.addEventListener("message", hear);
  const send = (message: ToLoader) => {
    if (origin !== "") window.parent.postMessage(message, origin);
  };
  return {
    send,
    store: (token) =>
      new Promise((resolve) => {
        waiting = resolve;
        window.setTimeout(() => resolve({ token, kept: false }), storeMs);
        send({ earshot: 1, type: "store", token });
      }),
    shelf: shelfOf(window, send, asked),
    close: () => window.removeEventListener("message", hear),
  };
}

const mostItems = 250;

function shelfOf(
  window: Window,
  send: (message: ToLoader) => void,
  asked: Map<number, (answer: { ok: boolean; items: Items }) => void>,
): Shelf {
  let last = 0;
  const ask = (part: { name?: string; text?: string | null }) =>
    new Promise<Items>((resolve, reject) => {
      const id = ++last;
      asked.set(id, ({ ok, items }) => (ok ? resolve(items) : reject(new Error("host: not kept"))));
      window.setTimeout(() => asked.delete(id) && reject(new Error("host: no answer")), storeMs);
      send({ earshot: 1, type: "shelf", id, ...part });
    });
  return { all: () => ask({}), put: async (name, text) => void (await ask({ name, text })) };
}

function hostOf(data: unknown, origin: string): Host {
  const theme = ownText(data, "theme", 10);
  return {
    origin,
    token: tokenOf(data),
    page: pageOf(data),
    hint: hintOf(own(data, "hint")),
    signed: ownText(data, "signed"),
    theme: theme === "light" || theme === "dark" ? theme : "auto",
    dir: ownText(data, "dir", 3) === "rtl" ? "rtl" : "ltr",
    lang: ownText(data, "lang", 40),
    kept: own(data, "kept") === true,
    open: own(data, "open") === true,
    items: textsOf(own(data, "items"), mostItems),
  };
}

/** whoOf is what a page or its function says; a promise that failed comes as false. */
function whoOf(who: unknown): string | undefined {
  if (who === undefined || who === null) return "";
  return typeof who === "string" ? who : undefined;
}

function tokenOf(data: unknown): string | null {
  const token = ownText(data, "token");
  return tokenForm.test(token) ? token : null;
}

function pageOf(told: unknown): PageInfo {
  const page = own(told, "page");
  const group = ownText(told, "group", 200);
  const [url, title, referrer] = [ownText(page, "url", 2000), ownText(page, "title", 500), ownText(page, "referrer", 2000)];
  const info: PageInfo = {
    url,
    title,
    referrer,
    language: ownText(page, "language", 40),
    visits: Math.max(0, Math.floor(Number(own(page, "visits")) || 0)),
  };
  const data = textsOf(own(page, "data"));
  if (group !== "") info.group = group;
  return Object.keys(data).length === 0 ? info : { ...info, data };
}

function hintOf(hint: unknown): Hint {
  return { name: ownText(hint, "name", 80), email: ownText(hint, "email", 200), data: textsOf(own(hint, "data")) };
}

function textsOf(value: unknown, most = 30): Record<string, string> {
  if (typeof value !== "object" || value === null) return {};
  const pairs = Object.entries(value).filter((pair): pair is [string, string] => typeof pair[1] === "string" && !pair[0].startsWith("__"));
  return Object.fromEntries(pairs.slice(0, most).map(([key, text]) => [key.slice(0, 2000), text.slice(0, 100_000)]));
}
