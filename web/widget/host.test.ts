// @vitest-environment jsdom
import { expect, test, vi } from "vitest";
import { type Host, listenToHost } from "./host.ts";

const shop = "https://shop.example";
const token = "t".repeat(43);

/** house is a frame inside a page, and everybody else who may speak to it. */
function house(origins: readonly string[] = [shop, "https://www.shop.example"]) {
  const posts: { message: unknown; target: unknown }[] = [];
  const parent = { postMessage: (message: unknown, target: unknown) => void posts.push({ message, target }) };
  const listeners = new Set<(event: MessageEvent) => void>();
  const frame = {
    parent,
    addEventListener: (_: string, hear: (event: MessageEvent) => void) => void listeners.add(hear),
    removeEventListener: (_: string, hear: (event: MessageEvent) => void) => void listeners.delete(hear),
    setTimeout: (run: () => void, ms: number) => setTimeout(run, ms),
  };
  const heard = {
    hosts: [] as Host[],
    pages: [] as [string | undefined, string][],
    opens: [] as boolean[],
    tokens: [] as (string | null)[],
    items: 0,
    whos: [] as (string | undefined)[],
  };
  const line = listenToHost(frame as unknown as Window, origins, {
    onInit: (host) => void heard.hosts.push(host),
    onPage: (page, _, signed) => void heard.pages.push([page.group, signed]),
    onOpen: (open) => void heard.opens.push(open),
    onWho: (who) => void heard.whos.push(who),
    onToken: (value) => void heard.tokens.push(value),
    onItems: () => void heard.items++,
  });
  const say = (data: unknown, origin = shop, source: unknown = parent) => {
    for (const hear of [...listeners]) hear({ data, origin, source } as MessageEvent);
  };
  return { line, say, posts, heard, frame };
}

const init = (more: object = {}) => ({
  earshot: 1,
  type: "init",
  token,
  page: { url: "https://shop.example/a", visits: 2 },
  kept: true,
  open: true,
  ...more,
});

test("host: init from the parent window and a known origin begins, once", () => {
  const h = house();
  h.say(init());
  h.say(init({ token: "u".repeat(43) }));
  expect(h.heard.hosts).toHaveLength(1);
  expect(h.heard.hosts[0]).toMatchObject({
    token,
    origin: shop,
    kept: true,
    open: true,
    page: { url: "https://shop.example/a", visits: 2 },
  });
});

test.each<[string, (h: ReturnType<typeof house>) => void]>([
  ["another origin", (h) => h.say(init(), "https://evil.example")],
  ["an origin that only begins alike", (h) => h.say(init(), "https://shop.example.evil.example")],
  ["an opaque origin", (h) => h.say(init(), "null")],
  ["an empty origin", (h) => h.say(init(), "")],
  ["a sibling frame of the right origin", (h) => h.say(init(), shop, { postMessage: () => undefined })],
  ["the frame itself", (h) => h.say(init(), shop, h.frame)],
  ["nobody", (h) => h.say(init(), shop, null)],
  ["a message without the mark", (h) => h.say({ type: "init", token })],
  ["a mark that stands in the prototype", (h) => h.say(Object.create(init()) as unknown)],
  ["a text", (h) => h.say(JSON.stringify(init()))],
  ["null", (h) => h.say(null)],
  ["ten million characters", (h) => h.say("x".repeat(10_000_000))],
])("host: %s is not heard", (_, speak) => {
  const h = house();
  speak(h);
  h.line.send({ earshot: 1, type: "store", token });
  expect([h.heard.hosts, h.posts]).toEqual([[], []]);
});

test("host: where the server named no origin nobody is believed", () => {
  const h = house([]);
  h.say(init());
  expect(h.heard.hosts).toEqual([]);
});

test("host: before init nothing is said, and after it only to the one origin", () => {
  const h = house();
  h.line.send({ earshot: 1, type: "close" });
  h.say(init(), "https://www.shop.example");
  h.line.send({ earshot: 1, type: "store", token });
  h.say({ earshot: 1, type: "open" }, shop); // Allowed, but not the page that this frame stands in.
  h.say({ earshot: 1, type: "close" }, "https://www.shop.example");
  expect(h.posts.map((p) => p.target)).toEqual(["https://www.shop.example", "https://www.shop.example"]);
  expect(h.posts[0]?.message).toEqual({ earshot: 1, type: "ready" });
  expect(h.heard.opens).toEqual([false]);
});

test("host: the group and its signature come with init and with each page", () => {
  const h = house();
  h.say(init({ group: "g_1", signed: "a.b.c" }));
  expect([h.heard.hosts[0]?.page.group, h.heard.hosts[0]?.signed]).toEqual(["g_1", "a.b.c"]);
  const page = { earshot: 1, type: "page", page: {} };
  for (const named of [{ group: "g_2", signed: null }, { group: null }, { group: { id: "g_3" }, signed: 7 }, { group: "" }, {}])
    h.say({ ...page, ...named });
  expect(h.heard.pages).toEqual([
    ["g_2", ""],
    [undefined, ""],
    [undefined, ""],
    [undefined, ""],
    [undefined, ""],
  ]);
});

test("host: who the visitor is comes as a text, as nobody, or as a failure", () => {
  const h = house();
  h.say({ earshot: 1, type: "who", who: "early" });
  h.say(init());
  h.say({ earshot: 1, type: "who", who: "a.b.c" }, "https://evil.example");
  for (const who of ["a.b.c", "", null, undefined, false, 7, { token: "a.b.c" }]) h.say({ earshot: 1, type: "who", who });
  expect(h.heard.whos).toEqual(["a.b.c", "", "", "", undefined, undefined, undefined]);
});

test("host: odd values become harmless ones", () => {
  const h = house();
  const polluted = JSON.parse('{"__proto__": {"admin": "yes"}, "plan": "pro", "n": 5}') as object;
  h.say(
    init({
      token: "short",
      page: { url: 7, visits: -3, data: polluted, language: "x".repeat(999) },
      hint: "no",
      theme: "<b>",
      dir: "up",
      items: [1],
    }),
  );
  const host = h.heard.hosts[0];
  expect(host).toMatchObject({
    token: null,
    theme: "auto",
    dir: "ltr",
    hint: { name: "", email: "" },
    page: { url: "", visits: 0, data: { plan: "pro" } },
  });
  expect(host?.page.language).toHaveLength(40);
  expect(({} as Record<string, unknown>)["admin"]).toBeUndefined();
});

test("host: store answers the token that holds, which may be another tab's", async () => {
  const h = house();
  h.say(init({ token: null }));
  const answer = h.line.store(token);
  expect(h.posts.at(-1)).toEqual({ message: { earshot: 1, type: "store", token }, target: shop });
  h.say({ earshot: 1, type: "stored", token: "other".padEnd(43, "x"), kept: true });
  expect(await answer).toEqual({ token: "other".padEnd(43, "x"), kept: true });
  h.say({ earshot: 1, type: "stored", token: null, kept: true });
  expect(h.heard.tokens).toEqual([null]);
});

test("host: a page that does not answer keeps nothing, and the chat goes on", async () => {
  vi.useFakeTimers();
  const h = house();
  h.say(init());
  const stored = h.line.store(token);
  const put = h.line.shelf.put("out.1", "x").catch(() => "not kept");
  vi.runAllTimers();
  expect([await stored, await put]).toEqual([{ token, kept: false }, "not kept"]);
  vi.useRealTimers();
});

test("host: the shelf pairs answers with questions, and hears of other tabs", async () => {
  const h = house();
  h.say(init());
  const [one, two] = [h.line.shelf.all(), h.line.shelf.put("draft", "hi")];
  h.say({ earshot: 1, type: "shelf", id: 2, ok: true, items: {} });
  h.say({ earshot: 1, type: "shelf", id: 1, ok: true, items: { draft: "hi" } });
  h.say({ earshot: 1, type: "shelf", id: 0, ok: true, items: {} });
  expect([await one, await two, h.heard.items]).toEqual([{ draft: "hi" }, undefined, 1]);
});
