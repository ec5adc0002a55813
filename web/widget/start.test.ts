// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { start } from "./start.ts";

const token = "t".repeat(43);
let shadow: ShadowRoot;
let watches: MutationObserver[];
let beacons: { url: string; body: Record<string, unknown> }[];
const former = { push: history.pushState, replace: history.replaceState };

beforeEach(() => {
  vi.useFakeTimers();
  document.body.innerHTML = "";
  localStorage.clear();
  beacons = [];
  watches = [];
  const { observe } = MutationObserver.prototype;
  vi.spyOn(MutationObserver.prototype, "observe").mockImplementation(function (this: MutationObserver, ...given) {
    watches.push(this);
    observe.apply(this, given);
  });
  Reflect.deleteProperty(window, "Earshot");
  const attach = Element.prototype.attachShadow;
  vi.spyOn(Element.prototype, "attachShadow").mockImplementation(function (this: Element, options) {
    shadow = attach.call(this, { ...options, mode: "open" });
    return shadow;
  });
  Object.defineProperty(navigator, "sendBeacon", {
    configurable: true,
    value: (url: string, body: string) => beacons.push({ url, body: JSON.parse(body) as Record<string, unknown> }),
  });
});

afterEach(() => {
  for (const watch of watches) watch.disconnect();
  vi.useRealTimers();
  vi.restoreAllMocks();
  history.pushState = former.push;
  history.replaceState = former.replace;
});

interface Api {
  open(): void;
  close(): void;
  pageView(): void;
  identify(who?: unknown): void;
  identifyHint(name?: unknown, email?: unknown, data?: unknown): void;
  setGroup(group?: unknown, signed?: unknown): void;
}

function load(attributes: Record<string, string> = {}): Api {
  const script = document.createElement("script");
  script.setAttribute("data-site", "KEY");
  for (const [name, value] of Object.entries(attributes)) script.setAttribute(name, value);
  Object.defineProperty(script, "src", { value: "https://chat.example/widget.js" });
  start(script);
  return (window as unknown as { Earshot: Api }).Earshot;
}

const button = () => shadow.querySelector("button") as HTMLButtonElement;
const frame = () => shadow.querySelector("iframe") as HTMLIFrameElement | null;

/** enter lets the frame stand there, and collects what is said to it. */
function enter(): {
  said: { message: { type: string; [field: string]: unknown }; target: string }[];
  /** What it is told of who the visitor is. */
  whos: unknown[];
  hear(data: unknown, origin?: string, source?: unknown): void;
} {
  const said: { message: { type: string }; target: string }[] = [];
  const whos: unknown[] = [];
  const inside = {
    postMessage: (message: { type: string; who?: unknown }, target: string) =>
      void (message.type === "who" ? whos.push(message.who) : said.push({ message, target })),
  };
  Object.defineProperty(frame(), "contentWindow", { value: inside });
  frame()?.dispatchEvent(new Event("load"));
  const hear = (data: unknown, origin = "https://chat.example", source: unknown = inside) => {
    const event = new MessageEvent("message", { data, origin });
    Object.defineProperty(event, "source", { value: source });
    window.dispatchEvent(event);
  };
  return { said, whos, hear };
}

test("loader: the button stands there at once, without a request, a frame or a change of the page", () => {
  load();
  expect(button().getAttribute("aria-label")).toBe("Open the chat");
  expect([frame(), beacons, document.body.children.length]).toEqual([null, [], 1]);
});

test("loader: two script tags are one widget", () => {
  const api = load();
  expect(load()).toBe(api);
  expect(document.body.children).toHaveLength(1);
});

test("loader: one page view is counted when idle: site, path without query, referrer's host, language, and nobody", () => {
  history.replaceState(null, "", "/tents?email=a@example.com#top");
  load();
  vi.runAllTimers();
  expect(beacons).toEqual([
    { url: "https://chat.example/v1/visits", body: { site: "KEY", path: "/tents", referrer: "", language: navigator.language } },
  ]);
});

test("loader: a new path of a page that never loads anew is one more view; a new query is none", () => {
  load();
  vi.runAllTimers();
  history.pushState(null, "", "/one");
  history.replaceState(null, "", "/one?x=1");
  vi.runAllTimers();
  history.pushState(null, "", "/two");
  vi.runAllTimers();
  expect(beacons.map((b) => b.body["path"]).slice(1)).toEqual(["/one", "/two"]);
});

test("loader: a click opens the frame, and init goes to Earshot's origin alone, when the frame stands there", () => {
  load({ "data-language": "de", "data-theme": "dark" });
  button().click();
  expect(frame()?.src).toBe("https://chat.example/frame?site=KEY");
  const { said } = enter();
  expect(said).toHaveLength(1);
  expect(said[0]).toMatchObject({
    target: "https://chat.example",
    message: { type: "init", token: null, theme: "dark", lang: "de", open: true, page: { visits: 1 } },
  });
  expect(button().getAttribute("aria-label")).toBe("Chat schließen");
});

test("loader: a token is kept in the page's storage, and the first one holds", () => {
  load();
  button().click();
  const { said, hear } = enter();
  hear({ earshot: 1, type: "store", token });
  hear({ earshot: 1, type: "store", token: "u".repeat(43) });
  hear({ earshot: 1, type: "store", token: "too short" });
  expect(said.slice(1).map((s) => s.message["token"])).toEqual([token, token, token]);
  expect(localStorage.getItem("earshot.KEY")).toContain(token);
  hear({ earshot: 1, type: "forget" });
  expect(localStorage.getItem("earshot.KEY")).not.toContain(token);
});

test("loader: who is not the frame, or not of its origin, changes nothing and hears nothing", () => {
  load();
  button().click();
  const { said, hear } = enter();
  for (const [origin, source] of [
    ["https://evil.example", undefined],
    ["https://chat.example", window],
    ["https://chat.example", null],
  ] as const) {
    hear({ earshot: 1, type: "store", token }, origin, source === undefined ? undefined : source);
  }
  hear(Object.create({ earshot: 1, type: "forget" }));
  hear("x".repeat(1000));
  hear({ earshot: 1, type: "toString" });
  expect([said.length, localStorage.getItem("earshot.KEY")?.includes(token)]).toEqual([1, false]);
  for (const { target } of said) expect(target).toBe("https://chat.example");
});

test("loader: the shelf keeps unsent messages and the draft, and no other name", () => {
  load();
  button().click();
  const { said, hear } = enter();
  hear({ earshot: 1, type: "shelf", id: 1, name: "out.0191-ab", text: "hello" });
  hear({ earshot: 1, type: "shelf", id: 2, name: "../token", text: "x" });
  hear({ earshot: 1, type: "shelf", id: 3, name: "__proto__", text: "x" });
  hear({ earshot: 1, type: "shelf", id: 4 });
  expect(said.slice(1).map((s) => s.message)).toMatchObject([
    { id: 1, ok: true, items: { "out.0191-ab": "hello" } },
    { id: 2, ok: false },
    { id: 3, ok: false },
    { id: 4, ok: true, items: { "out.0191-ab": "hello" } },
  ]);
  hear({ earshot: 1, type: "shelf", id: 5, name: "out.0191-ab", text: null });
  expect(said.at(-1)?.message["items"]).toEqual({});
});

test("loader: blocked storage warns once and works in memory", () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  vi.spyOn(window, "localStorage", "get").mockImplementation(() => {
    throw new DOMException("blocked", "SecurityError");
  });
  load();
  button().click();
  const { said, hear } = enter();
  hear({ earshot: 1, type: "store", token });
  hear({ earshot: 1, type: "shelf", id: 1, name: "draft", text: "hi" });
  expect(said[0]?.message["kept"]).toBe(false);
  expect(said[1]?.message).toMatchObject({ token, kept: false });
  expect(said[2]?.message).toMatchObject({ ok: true, items: { draft: "hi" } });
  expect(warn).toHaveBeenCalledTimes(1);
});

test("loader: the page names the group on the tag or by a call, which the frame hears at once", () => {
  const api = load({ "data-group": "g_sales", "data-signed": "a.b.c" });
  button().click();
  const { said } = enter();
  const named = () => [said.at(-1)?.message.type, said.at(-1)?.message["group"], said.at(-1)?.message["signed"]];
  expect(named()).toEqual(["init", "g_sales", "a.b.c"]);
  api.setGroup("g_billing");
  expect(named()).toEqual(["page", "g_billing", ""]);
  api.setGroup("g_billing", "d.e.f");
  expect(named()).toEqual(["page", "g_billing", "d.e.f"]);
  api.pageView();
  expect(named()).toEqual(["page", "g_billing", "d.e.f"]);
  api.setGroup();
  expect(named()).toEqual(["page", "", ""]);
});

test("loader: a group that is named before the page has a body counts, and an odd one is none", () => {
  const body = document.body;
  body.remove();
  const api = load();
  api.setGroup("g_early");
  document.documentElement.append(body);
  document.dispatchEvent(new Event("DOMContentLoaded"));
  button().click();
  const { said } = enter();
  expect(said[0]?.message).toMatchObject({ type: "init", group: "g_early" });
  expect(() => api.setGroup(Symbol("g"), {})).not.toThrow();
  expect(said.at(-1)?.message).toMatchObject({ type: "page", group: "", signed: "" });
});

test("loader: unread stands on the button and in its name, the accent only where it is a colour", () => {
  load({ "data-accent": "red;background:url(x)" });
  button().click();
  const { hear } = enter();
  button().click();
  hear({ earshot: 1, type: "unread", count: 3 });
  hear({ earshot: 1, type: "look", accent: "#ffee00", position: "bottom-left" });
  expect(button().getAttribute("aria-label")).toBe("Open the chat, 3 unread");
  const box = button().parentElement;
  expect([box?.style.getPropertyValue("--a"), box?.style.getPropertyValue("--o"), box?.className]).toEqual(["#ffee00", "#000000", "l"]);
});

test("loader: a visitor who talked before is loaded when idle, so that an answer is seen", () => {
  localStorage.setItem("earshot.KEY", JSON.stringify({ token, visits: 4 }));
  load();
  expect(frame()).toBeNull();
  vi.runAllTimers();
  expect(frame()).not.toBeNull();
  expect(enter().said[0]?.message).toMatchObject({ token, open: false, page: { visits: 5 } });
});

test("loader: nothing that the page does makes it throw into the page", () => {
  const api = load();
  const odd = {
    get name() {
      throw new Error("a trap");
    },
  };
  expect(() => {
    api.identifyHint(Symbol("x"), 5, odd);
    api.identifyHint("Ann", "ann@example.com", { plan: "pro", deep: {}, __proto__: { admin: true } });
    api.open();
    shadow.querySelector("iframe")?.remove();
    api.pageView();
    api.close();
    api.open();
    localStorage.setItem("earshot.KEY", "{broken");
    api.pageView();
    vi.runAllTimers();
  }).not.toThrow();
  expect(frame()).not.toBeNull();
});

test("loader: what a page puts into prototypes is not believed", () => {
  const proto = Object.prototype as Record<string, unknown>;
  proto["token"] = token;
  proto["accent"] = "#123456";
  try {
    load();
    button().click();
    expect(enter().said[0]?.message["token"]).toBeNull();
    expect(button().parentElement?.style.getPropertyValue("--a")).toBe("#2f6feb");
  } finally {
    delete proto["token"];
    delete proto["accent"];
  }
});

test("loader: a frame that does not answer is taken away, and the console says what to do; the next click tries again", () => {
  const error = vi.spyOn(console, "error").mockImplementation(() => undefined);
  load();
  button().click();
  expect(frame()?.style.opacity).toBe("0");
  enter();
  vi.advanceTimersByTime(3000);
  expect([frame(), button().getAttribute("aria-expanded")]).toEqual([null, "false"]);
  expect(error.mock.calls).toHaveLength(1);
  expect(error.mock.calls[0]?.[0]).toMatch(/^Earshot: .*http:\/\/localhost.* allowed origins .*https:\/\/chat\.example/);
  button().click();
  const { hear } = enter();
  hear({ earshot: 1, type: "ready" });
  vi.advanceTimersByTime(10_000);
  expect([frame()?.style.opacity, button().getAttribute("aria-expanded"), error.mock.calls.length]).toEqual(["", "true", 1]);
});

test("loader: a page that exchanges its body, or empties it, keeps the chat", async () => {
  load();
  button().click();
  enter().hear({ earshot: 1, type: "ready" });
  const root = shadow.host;
  document.body.replaceWith(document.createElement("body"));
  await Promise.resolve();
  expect(root.parentNode).toBe(document.body);
  document.body.innerHTML = "<h1>another page</h1>";
  await Promise.resolve();
  expect([root.parentNode, frame()?.isConnected]).toEqual([document.body, true]);
});

test("loader: where the storage is full, the token holds until the page is left, and the frame is told so", () => {
  load();
  button().click();
  const { said, hear } = enter();
  for (let size = 5_000_000; size >= 1; size = Math.floor(size / 2)) {
    try {
      localStorage.setItem(`other.${size}`, "x".repeat(size));
    } catch {
      // Less fits.
    }
  }
  hear({ earshot: 1, type: "store", token });
  hear({ earshot: 1, type: "store", token: "u".repeat(43) });
  expect(localStorage.getItem("earshot.KEY")).not.toContain(token);
  expect(said.slice(1).map((s) => s.message)).toMatchObject([
    { token, kept: false },
    { token, kept: false },
  ]);
});

test("loader: who the visitor is opens the frame unseen and goes to it, as a text or from a function that is asked again", async () => {
  const api = load();
  let n = 0;
  api.identify(async () => `token ${++n}`);
  expect(frame()).not.toBeNull();
  expect(button().getAttribute("aria-expanded")).toBe("false");
  const { whos, hear } = enter();
  await vi.advanceTimersByTimeAsync(1);
  hear({ earshot: 1, type: "renew" });
  hear({ earshot: 1, type: "renew" }, "https://evil.example");
  await vi.advanceTimersByTimeAsync(1);
  api.identify("a.b.c");
  await vi.advanceTimersByTimeAsync(1);
  // Asked by the call, when the frame was there, and when it wanted another one.
  expect(whos).toEqual(["token 1", "token 2", "token 3", "a.b.c"]);
});

test("loader: a function that fails, or whose answer comes after another word, says nothing of its own", async () => {
  const api = load();
  api.open();
  const { whos } = enter();
  await vi.advanceTimersByTimeAsync(1);
  api.identify(() => Promise.reject(new Error("no")));
  await vi.advanceTimersByTimeAsync(1);
  api.identify(() => new Promise((resolve) => setTimeout(() => resolve("late"), 1000)));
  api.identify("a.b.c");
  await vi.advanceTimersByTimeAsync(2000);
  expect(whos).toEqual([undefined, false, "a.b.c"]);
});

test("loader: nobody forgets what those who were signed in have not sent, and nothing else", async () => {
  localStorage.setItem("earshot.KEY.as.6d6961-draft", "secret");
  localStorage.setItem("earshot.KEY.draft", "mine");
  localStorage.setItem("shop.as.cart", "tent");
  const api = load();
  api.identify(null);
  await vi.advanceTimersByTimeAsync(1);
  expect(frame()).toBeNull();
  expect(Object.keys(localStorage).sort()).toEqual(["earshot.KEY", "earshot.KEY.draft", "shop.as.cart"]);
});
