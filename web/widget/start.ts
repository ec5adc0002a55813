import { isColour } from "$kit/colour.ts";
import { type Hint, own, ownText, type ToFrame, tokenForm, typeOf } from "./bridge.ts";
import { draw, type Launcher } from "./button.ts";
import { type Memory, remember } from "./memory.ts";
import de from "./messages/launcher/de.json";
import en from "./messages/launcher/en.json";
import { beacon, watchPages, whenIdle } from "./visits.ts";

/**
 * The script on the host's page: it draws a button, keeps the visitor's token
 * and visits in the page's own storage, and opens the frame on a click. It asks
 * for nothing until the page is idle, and never throws into the page.
 */
interface Widget {
  window: Window & typeof globalThis;
  origin: string;
  site: string;
  script: HTMLScriptElement;
  memory: Memory;
  launcher: Launcher;
  frame: HTMLIFrameElement | undefined;
  /** The frame stands there: before that another document is in its place. */
  ready: boolean;
  open: boolean;
  unread: number;
  visits: number;
  hint: Hint;
}

const name = "Earshot";

/** start runs once for the first script tag; a second one changes nothing. */
export function start(window: Window & typeof globalThis, script: HTMLScriptElement | null): void {
  const site = script?.getAttribute("data-site") ?? "";
  if (script === null || site === "" || own(window, name) !== undefined) return;
  const early: ((w: Widget) => void)[] = [];
  let widget: Widget | undefined;
  const act = (run: (w: Widget) => void) => {
    if (widget === undefined) early.push(run);
    else quietly(() => run(widget as Widget));
  };
  const api = Object.freeze({
    open: () => act((w) => toggle(w, true)),
    close: () => act((w) => toggle(w, false)),
    pageView: () => act(pageView),
    identifyHint: (who: unknown, email: unknown, data: unknown) => act((w) => identify(w, who, email, data)),
  });
  Object.defineProperty(window, name, { value: api, configurable: true });
  const begin = () =>
    quietly(() => {
      widget = make(window, script, site);
      early.forEach(act);
    });
  if (window.document.body) begin();
  else window.document.addEventListener("DOMContentLoaded", begin, { once: true });
}

function make(window: Window & typeof globalThis, script: HTMLScriptElement, site: string): Widget {
  const memory = remember(site, () => window.localStorage);
  const launcher = draw(window.document);
  const hint: Hint = { name: "", email: "", data: {} };
  const visits = memory.visit();
  const origin = new URL(script.src, window.location.href).origin;
  const w: Widget = {
    window,
    origin,
    site,
    script,
    memory,
    launcher,
    frame: undefined,
    ready: false,
    open: false,
    unread: 0,
    visits,
    hint,
  };
  if (!memory.kept) window.console.warn("Earshot: storage is blocked; the chat lasts until the page is left.");
  paint(w);
  show(w);
  launcher.button.addEventListener("click", () => quietly(() => toggle(w, !w.open)));
  window.addEventListener("message", (event) => quietly(() => hear(w, event)));
  window.addEventListener("storage", (event) =>
    quietly(() => {
      if (event.key === memory.key) tell(w, stored(w));
      else if (event.key?.startsWith(`${memory.key}.`)) tell(w, shelf(w, 0, true));
    }),
  );
  watchPages(window, () => quietly(() => pageView(w)));
  whenIdle(window, () =>
    quietly(() => {
      beacon(window, w.origin, site);
      if (memory.token() !== null) load(w); // Somebody who talks with the team: an answer may come.
    }),
  );
  return w;
}

function identify(w: Widget, who: unknown, email: unknown, data: unknown): void {
  const fields = Object.entries(typeof data === "object" && data !== null ? data : {}).slice(0, 30);
  w.hint = { name: text(who), email: text(email), data: Object.fromEntries(fields.map(([key, value]) => [key, text(value)])) };
  tell(w, page(w));
}

function toggle(w: Widget, open: boolean): void {
  if (w.open === open) return;
  w.open = open;
  load(w);
  show(w);
  tell(w, { earshot: 1, type: open ? "open" : "close" });
  if (open) w.frame?.focus();
  else w.launcher.button.focus();
}

function load(w: Widget): void {
  if (w.frame?.isConnected) return;
  const frame = w.window.document.createElement("iframe");
  frame.title = texts(w).frame;
  frame.setAttribute("allow", "clipboard-write");
  frame.addEventListener("load", () => quietly(() => init(w)));
  const transport = w.script.getAttribute("data-transport");
  frame.src = `${w.origin}/frame?site=${encodeURIComponent(w.site)}${transport ? `&transport=${encodeURIComponent(transport)}` : ""}`;
  w.frame = frame;
  w.ready = false;
  w.launcher.panel.replaceChildren(frame);
}

function init(w: Widget): void {
  w.ready = true;
  const html = w.window.document.documentElement;
  const theme = w.script.getAttribute("data-theme");
  tell(w, {
    ...page(w),
    type: "init",
    token: w.memory.token(),
    theme: theme === "light" || theme === "dark" ? theme : "auto",
    dir: w.window.getComputedStyle(html).direction,
    lang: language(w),
    kept: w.memory.kept,
    open: w.open,
    items: w.memory.items(),
  });
}

function page(w: Widget): Extract<ToFrame, { type: "page" }> {
  const { location, document } = w.window;
  const url = text(location.href.split("#", 1)[0]);
  const info = {
    url,
    title: text(document.title),
    referrer: text(document.referrer),
    language: w.window.navigator.language,
    visits: w.visits,
  };
  return { earshot: 1, type: "page", page: { ...info, data: w.hint.data }, hint: w.hint };
}

function pageView(w: Widget): void {
  w.visits = w.memory.visit();
  tell(w, page(w));
  whenIdle(w.window, () => quietly(() => beacon(w.window, w.origin, w.site)));
}

/** tell speaks to the frame: to Earshot's own origin and to no other that may stand there. */
function tell(w: Widget, message: ToFrame): void {
  if (w.ready) w.frame?.contentWindow?.postMessage(message, w.origin);
}

function hear(w: Widget, event: MessageEvent): void {
  if (event.origin !== w.origin || event.source === null || event.source !== w.frame?.contentWindow) return;
  const data: unknown = event.data;
  switch (typeOf(data)) {
    case "store":
      if (tokenForm.test(ownText(data, "token"))) w.memory.keep(ownText(data, "token"));
      return tell(w, stored(w));
    case "shelf": {
      const [name, text] = [ownText(data, "name", 80), own(data, "text")];
      const ok = name === "" || (itemForm.test(name) && (text === null || typeof text === "string") && w.memory.setItem(name, text));
      return tell(w, shelf(w, Number(own(data, "id")), ok));
    }
    case "forget":
      return w.memory.forget();
    case "close":
      return toggle(w, false);
    case "unread":
      w.unread = Number(own(data, "count")) || 0;
      return show(w);
    case "look":
      w.memory.setLook({ accent: ownText(data, "accent", 7), position: ownText(data, "position", 20) });
      return paint(w);
  }
}

const itemForm = /^[a-z]+(\.[\w-]+)?$/;

function shelf(w: Widget, id: number, ok: boolean): ToFrame {
  return { earshot: 1, type: "shelf", id, ok, items: w.memory.items() };
}

function stored(w: Widget): ToFrame {
  return { earshot: 1, type: "stored", token: w.memory.token(), kept: w.memory.kept };
}

/** paint takes the colour and the place from the tag, else as the site has them in Earshot. */
function paint(w: Widget): void {
  const look = w.memory.look();
  const accent = [w.script.getAttribute("data-accent"), look.accent].find(isColour) ?? "#2f6feb";
  w.launcher.paint(accent, w.script.getAttribute("data-position") ?? look.position);
}

function show(w: Widget): void {
  const { open, close, unread } = texts(w);
  w.launcher.show(w.open, w.unread, w.open ? close : w.unread > 0 ? unread.replace("{n}", String(w.unread)) : open);
}

function language(w: Widget): string {
  return w.script.getAttribute("data-language") ?? w.window.document.documentElement.lang;
}

function texts(w: Widget): typeof en {
  return (language(w) || w.window.navigator.language).toLowerCase().startsWith("de") ? de : en;
}

function text(value: unknown): string {
  return typeof value === "string" ? value.slice(0, 2000) : typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}

/** quietly keeps every fault of ours out of the host's page. */
export function quietly(act: () => void): void {
  try {
    act();
  } catch {
    // The page works on without the chat.
  }
}
