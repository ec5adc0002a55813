import { isColour } from "$kit/colour.ts";
import { type Hint, own, ownText, type ToFrame, typeOf, type Unmarked } from "./bridge.ts";
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
  origin: string;
  site: string;
  script: HTMLScriptElement;
  memory: Memory;
  launcher: Launcher;
  frame?: HTMLIFrameElement;
  /** The frame stands there: before that another document is in its place. */
  ready: boolean;
  /** The frame has answered: what stands there is no error page. */
  alive: boolean;
  open: boolean;
  unread: number;
  visits: number;
  hint: Hint;
  /** Who its visitor is, or a function that tells; as the page gave it. */
  who?: unknown;
}

/** start runs once for the first script tag; a second one changes nothing. */
export function start(script: HTMLScriptElement | null): void {
  const site = script?.getAttribute("data-site") ?? "";
  if (!script || !site || own(window, "Earshot")) return;
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
    identify: (who: unknown) => act((w) => identify(w, who)),
    identifyHint: (who: unknown, email: unknown, data: unknown) => act((w) => hint(w, who, email, data)),
    setGroup: (group: unknown, signed: unknown) => act((w) => setGroup(w, group, signed)),
  });
  Object.defineProperty(window, "Earshot", { value: api, configurable: true });
  const begin = () =>
    quietly(() => {
      widget = make(script, site);
      early.forEach(act);
    });
  if (document.body) begin();
  else document.addEventListener("DOMContentLoaded", begin, { once: true });
}

function make(script: HTMLScriptElement, site: string): Widget {
  const memory = remember(site, () => localStorage);
  const launcher = draw(document);
  const hint: Hint = { name: "", email: "", data: {} };
  const visits = memory.visit();
  const origin = new URL(script.src, location.href).origin;
  const w: Widget = {
    origin,
    site,
    script,
    memory,
    launcher,
    ready: false,
    alive: false,
    open: false,
    unread: 0,
    visits,
    hint,
  };
  // biome-ignore lint/suspicious/noConsole: the console is where a page's owner looks
  if (!memory.kept) console.warn("Earshot: no storage; the chat ends with the page");
  paint(w);
  show(w);
  launcher.button.addEventListener("click", () => quietly(() => toggle(w, !w.open)));
  addEventListener("message", (event) => quietly(() => hear(w, event)));
  addEventListener("storage", (event) =>
    quietly(() => {
      if (event.key === memory.key) tell(w, stored(w));
      else if (event.key?.startsWith(`${memory.key}.`)) tell(w, shelf(w, 0, true));
    }),
  );
  stay(w);
  watchPages(() => quietly(() => pageView(w)));
  whenIdle(() =>
    quietly(() => {
      beacon(w.origin, site);
      if (memory.token() !== null) load(w); // Somebody who talks with the team: an answer may come.
    }),
  );
  return w;
}

/** stay puts the launcher back where the page exchanges its content without loading anew; the frame in it begins again. */
function stay(w: Widget): void {
  const { root } = w.launcher;
  const watch = new MutationObserver(() =>
    quietly(() => {
      if (root.isConnected) return;
      watch.disconnect();
      w.ready = false;
      document.body.append(root);
      stay(w);
    }),
  );
  watch.observe(document.body, { childList: true });
  watch.observe(document.documentElement, { childList: true });
}

function hint(w: Widget, who: unknown, email: unknown, data: unknown): void {
  const fields = Object.entries(data ?? {});
  w.hint = { name: text(who), email: text(email), data: Object.fromEntries(fields.map(([key, value]) => [key, text(value)])) };
  tell(w, page(w));
}

/** identify says who the visitor is. Without anybody, what one who was signed in has not sent is forgotten. */
function identify(w: Widget, who: unknown): void {
  w.who = who;
  if (who) load(w);
  else for (const name in w.memory.items()) if (name.startsWith("as.")) w.memory.setItem(name, null);
  void ask(w);
}

async function ask(w: Widget): Promise<void> {
  const { who } = w;
  let token: unknown = false;
  try {
    token = typeof who === "function" ? await who() : who;
  } catch {}
  if (who === w.who) tell(w, { type: "who", who: token });
}

/** setGroup names the group for what the visitor writes next, as data-group and data-signed on the tag do. */
function setGroup(w: Widget, group: unknown, signed: unknown): void {
  w.script.setAttribute("data-group", text(group));
  w.script.setAttribute("data-signed", text(signed));
  tell(w, page(w));
}

function toggle(w: Widget, open: boolean): void {
  if (w.open === open) return;
  w.open = open;
  load(w);
  show(w);
  tell(w, { type: open ? "open" : "close" });
  if (open) w.frame?.focus();
  else w.launcher.button.focus();
}

function load(w: Widget): void {
  if (w.frame?.isConnected) return;
  const frame = document.createElement("iframe");
  frame.title = texts(w).frame;
  frame.addEventListener("load", () => quietly(() => init(w)));
  const transport = tag(w, "transport");
  frame.src = `${w.origin}/frame?${new URLSearchParams({ site: w.site, ...(transport && { transport }) })}`;
  frame.style.opacity = "0"; // A browser's error page is not for visitors.
  w.frame = frame;
  w.ready = w.alive = false;
  w.launcher.panel.replaceChildren(frame);
}

const answerMs = 3000;

/** giveUp takes away a frame that does not answer, and tells the page's owner what to do. The next click tries again. */
function giveUp(w: Widget): void {
  w.frame?.remove();
  w.ready = w.open = false;
  show(w);
  // biome-ignore lint/suspicious/noConsole: the console is where a page's owner looks
  console.error(`Earshot: no chat. Is ${location.origin} in its allowed origins and ${w.origin} up?`);
}

function init(w: Widget): void {
  w.ready = true;
  const { frame } = w;
  setTimeout(() => quietly(() => !w.alive && frame === w.frame && giveUp(w)), answerMs);
  const html = document.documentElement;
  tell(w, {
    ...page(w),
    type: "init",
    token: w.memory.token(),
    theme: tag(w, "theme"),
    dir: getComputedStyle(html).direction,
    lang: language(w),
    kept: w.memory.kept,
    open: w.open,
    items: w.memory.items(),
  });
  void ask(w);
}

function page(w: Widget): Extract<Unmarked<ToFrame>, { type: "page" }> {
  const url = text(location.href.split("#")[0]);
  const info = {
    url,
    title: text(document.title),
    referrer: text(document.referrer),
    language: navigator.language,
    visits: w.visits,
  };
  return {
    type: "page",
    page: { ...info, data: w.hint.data },
    hint: w.hint,
    group: tag(w, "group"),
    signed: tag(w, "signed"),
  };
}

function pageView(w: Widget): void {
  w.visits = w.memory.visit();
  tell(w, page(w));
  whenIdle(() => quietly(() => beacon(w.origin, w.site)));
}

/** tell speaks to the frame: to Earshot's own origin and to no other that may stand there. */
function tell(w: Widget, message: Unmarked<ToFrame>): void {
  if (w.ready) w.frame?.contentWindow?.postMessage({ ...message, earshot: 1 }, w.origin);
}

function hear(w: Widget, event: MessageEvent): void {
  if (event.origin !== w.origin || !event.source || event.source !== w.frame?.contentWindow) return;
  const data: unknown = event.data;
  w.alive = true;
  w.frame.style.opacity = "";
  switch (typeOf(data)) {
    case "store":
      w.memory.keep(ownText(data, "token"));
      return tell(w, stored(w));
    case "shelf": {
      const [name, text] = [ownText(data, "name"), own(data, "text")];
      const ok = name === "" || (itemForm.test(name) && (text === null || typeof text === "string") && w.memory.setItem(name, text));
      return tell(w, shelf(w, Number(own(data, "id")), ok));
    }
    case "forget":
      return w.memory.forget();
    case "renew":
      return void ask(w);
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

function shelf(w: Widget, id: number, ok: boolean): Unmarked<ToFrame> {
  return { type: "shelf", id, ok, items: w.memory.items() };
}

function stored(w: Widget): Unmarked<ToFrame> {
  return { type: "stored", token: w.memory.token(), kept: w.memory.kept };
}

/** paint takes the colour and the place from the tag, else as the site has them in Earshot. */
function paint(w: Widget): void {
  const look = w.memory.look();
  const accent = [tag(w, "accent"), look.accent].find(isColour) ?? "#2f6feb";
  w.launcher.paint(accent, tag(w, "position") ?? look.position);
}

function show(w: Widget): void {
  const { open, close, unread } = texts(w);
  w.launcher.show(w.open, w.unread, w.open ? close : w.unread > 0 ? unread.replace("{n}", `${w.unread}`) : open);
}

function tag(w: Widget, name: string): string | null {
  return w.script.getAttribute(`data-${name}`);
}

function language(w: Widget): string {
  return tag(w, "language") ?? document.documentElement.lang;
}

function texts(w: Widget): typeof en {
  return (language(w) || navigator.language).toLowerCase().startsWith("de") ? de : en;
}

function text(value: unknown): string {
  return /^[snb][tuo]/.test(typeof value) ? String(value).slice(0, 2000) : "";
}

/** quietly keeps every fault of ours out of the host's page. */
export function quietly(act: () => unknown): void {
  try {
    act();
  } catch {
    // The page works on without the chat.
  }
}
