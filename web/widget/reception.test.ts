// @vitest-environment jsdom
import { render, screen } from "@testing-library/svelte";
import { afterEach, expect, test, vi } from "vitest";
import { translator } from "$kit/i18n.ts";
import { calendar } from "$kit/time.ts";
import type { Event, MailCause, Standing, VisitorSite, VisitorView } from "$kit/wire.ts";
import { moveTo, say } from "./acts.ts";
import { openBox } from "./box.ts";
import App from "./App.svelte";
import { take } from "./follow.ts";
import type { Host, HostLine } from "./host.ts";
import plain from "./messages/en.json";
import en from "./messages/reception/en.json";
import Reception from "./Reception.svelte";
import { newSession, type Session } from "./session.ts";
import { wordsOf } from "./words.ts";

const noon = Date.parse("2026-03-27T12:00:00Z");
const sales: Standing = { group: "g_s", name: "Sales", state: "online" };
const support: Standing = { group: "g_t", name: "Support", state: "online_for_queue", wait: { from: 2, to: 5 } };
const billing: Standing = { group: "g_b", name: "Billing", state: "offline", opens_at: Date.parse("2026-03-30T09:00:00Z") * 1000 };
const team: VisitorSite = {
  site: { name: "Acme", key: "KEY", language: "", appearance: { accent: "", position: "", greeting: "" } },
  online: true,
  limits: { text: 10_000, files: 10, file_bytes: 1 },
  groups: [sales, support, billing],
};

interface Asked {
  path: string;
  query?: Record<string, string>;
  body: Record<string, unknown>;
}

/** come brings a visitor to the reception; the server answers what `answer` says, a status and a body. */
function come(answer: (asked: Asked) => [number, object] = () => [503, {}], page: Partial<Host["page"]> = {}, whole = false) {
  const asked: Asked[] = [];
  vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
    const [place = "", query] = path.split("?");
    const one: Asked = {
      path: place,
      ...(query !== undefined && { query: Object.fromEntries(new URLSearchParams(query)) }),
      body: JSON.parse(String(init.body ?? "{}")) as Record<string, unknown>,
    };
    asked.push(one);
    const [status, body] = answer(one);
    if (status === 0) throw new TypeError("no line");
    return new Response(JSON.stringify(body), { status });
  });
  const items: Record<string, string> = {};
  const host: Host = {
    origin: "https://shop.example",
    token: "t".repeat(43),
    page: { url: "https://shop.example/", title: "", referrer: "", language: "en", visits: 1, ...page },
    hint: { name: "", email: "", data: {} },
    signed: "",
    theme: "auto",
    dir: "ltr",
    lang: "en",
    kept: true,
    open: true,
    items: {},
  };
  const line: HostLine = {
    send: () => undefined,
    store: async (token) => ({ token, kept: true }),
    shelf: {
      all: async () => ({ ...items }),
      put: async (name, text) => {
        if (text === null) delete items[name];
        else items[name] = text;
      },
    },
    close: () => undefined,
  };
  const session = newSession({ site: "KEY", origins: [], accent: "", language: "", greeting: "" }, host, line);
  session.phase.value = "ready";
  session.site.value = team;
  openBox(session);
  const words = wordsOf(translator<typeof en>("en", en, en), "en-GB", "UTC");
  let written = 0;
  // jsdom has no layout, and so nothing that watches it.
  class Still {
    observe(): void {}
    disconnect(): void {}
  }
  vi.stubGlobal("ResizeObserver", Still);
  if (whole) render(App, { session, speaker: translator<typeof plain>("en", plain, plain) });
  else render(Reception, { session, words, time: calendar("en-GB", () => noon, "UTC"), onWrite: () => written++ });
  return { session, asked, items, written: () => written, posts: () => asked.filter((a) => a.path === "/v1/visitor/messages") };
}

const buttons = () => screen.queryAllByRole("button").map((b) => b.textContent?.replace(/\s+/g, " ").trim());
const press = async (name: string | RegExp) => (await screen.findByRole("button", { name })).click();

function view(more: Partial<VisitorView>): VisitorView {
  const visitor = { id: "v_1", name: "", conversation: "c_1" };
  return { visitor, cursor: "", events: [], more: false, seen_visitor: 0, seen_team: 0, open: true, lead: "", ...more };
}

const waits = (s: Session, more: Partial<VisitorView> = {}) =>
  take(s, { type: "view", view: view({ queue: { position: 3, wait: { from: 2, to: 5 }, group: "Sales" }, ...more }) });

afterEach(() => vi.unstubAllGlobals());

test("reception: a visitor sees how each group stands, chooses one, may change his mind, and writes to it", async () => {
  const { session, posts, written } = come(() => [403, { detail: "Not here." }]);
  expect(buttons()).toEqual(["Sales online", "Support in the queue: 2 to 5 minutes", "Billing back Monday 09:00"]);
  await press(/^Support/);
  await screen.findByText("Your message goes to Support");
  await press("Change");
  await press(/^Sales/);
  expect([await screen.findByText("Your message goes to Sales"), written()]).toEqual([expect.anything(), 2]);
  say(session, "Hello", []);
  await vi.waitFor(() => expect(posts()[0]?.body).toMatchObject({ text: "Hello", group: "g_s" }));
  expect(posts()[0]?.body).not.toHaveProperty("leave");
});

test("reception: who simply writes is asked nothing, and names no group", async () => {
  const { session, posts } = come(() => [403, { detail: "Not here." }]);
  say(session, "Hello", []);
  await vi.waitFor(() => expect(posts()).toHaveLength(1));
  expect(posts()[0]?.body).not.toHaveProperty("group");
});

test("reception: a group that takes no chat is not exchanged: leave a message for it, talk to another, or choose again", async () => {
  const { session, posts } = come(() => [403, { detail: "Not here." }]);
  await press(/^Billing/);
  await screen.findByText("Billing is not here now: back Monday 09:00.");
  expect(buttons()).toEqual([
    "Leave a message for Billing",
    "Talk to Sales online",
    "Talk to Support in the queue: 2 to 5 minutes",
    "Choose again",
  ]);
  await press("Choose again");
  await press(/^Billing/);
  await press("Leave a message for Billing");
  await screen.findByText("Your message will wait for Billing");
  say(session, "My invoice", []);
  await vi.waitFor(() => expect(posts()[0]?.body).toMatchObject({ group: "g_b", leave: true }));
});

test("reception: who writes on without answering the question has still asked for that group", async () => {
  const { session, posts } = come(() => [403, { detail: "Not here." }]);
  await press(/^Billing/);
  await screen.findByText("Billing is not here now: back Monday 09:00.");
  say(session, "My invoice", []);
  await vi.waitFor(() => expect(posts()[0]?.body).toMatchObject({ text: "My invoice", group: "g_b" }));
  expect(posts()[0]?.body).not.toHaveProperty("leave");
});

test("reception: where the page named the group, or only one is there, nobody chooses", async () => {
  const { session } = come(undefined, { group: "g_b" });
  expect(buttons()).toEqual([]);
  session.named.value = false;
  await screen.findByRole("button", { name: /^Sales/ });
  session.site.value = { ...team, groups: [sales] };
  await vi.waitFor(() => expect(buttons()).toEqual([]));
});

test("header: while he looks at who answers at once it stays true, and speaks of the group that his page reaches", async () => {
  vi.useFakeTimers();
  const visible = vi.spyOn(document, "visibilityState", "get").mockReturnValue("visible");
  try {
    const here: VisitorSite = { ...team, groups: [], state: "online" };
    const away: VisitorSite = { ...here, online: false, state: "offline" };
    let answer = here;
    const { session, asked } = come(({ path }) => (path === "/v1/visitor/site" ? [200, answer] : [503, {}]), { group: "g_s" }, true);
    const sites = () => asked.filter((a) => a.path === "/v1/visitor/site").map((a) => a.query);
    session.site.value = here;
    await vi.advanceTimersByTimeAsync(29_000);
    expect(sites()).toEqual([]);
    answer = away;
    await vi.advanceTimersByTimeAsync(2000);
    expect([sites().length, session.site.value]).toEqual([1, away]);
    expect(sites()[0]).toMatchObject({ group: "g_s", url: "https://shop.example/", speaks: "en", visits: "1" });
    expect(sites()[0]).not.toHaveProperty("signed");
    const page = { ...session.page, url: "https://shop.example/cart" };
    delete page.group;
    moveTo(session, page, session.hint, "a.b.c");
    await vi.advanceTimersByTimeAsync(1);
    expect(sites().at(-1)).toMatchObject({ url: "https://shop.example/cart", signed: "a.b.c" });
    expect(sites().at(-1)).not.toHaveProperty("group");
    session.shown.value = false;
    const before = sites().length;
    await vi.advanceTimersByTimeAsync(90_000);
    expect(sites().length).toBe(before);
  } finally {
    vi.useRealTimers();
    visible.mockRestore();
  }
});

test("reception: how long who writes now may wait is asked again while he looks, until he has written", async () => {
  vi.useFakeTimers();
  const visible = vi.spyOn(document, "visibilityState", "get").mockReturnValue("visible");
  try {
    const later: VisitorSite = { ...team, groups: [support], state: "online_for_queue", wait: { from: 5, to: 10 } };
    const { session, asked } = come(({ path }) => (path === "/v1/visitor/site" ? [200, later] : [503, {}]));
    const times = async (ms: number) => {
      asked.length = 0;
      await vi.advanceTimersByTimeAsync(ms);
      return asked.filter((a) => a.path === "/v1/visitor/site").length;
    };
    session.site.value = { ...later, wait: { from: 2, to: 5 } };
    session.shown.value = false;
    expect(await times(60_000)).toBe(0);
    session.shown.value = true;
    expect([await times(30_000), session.site.value?.wait]).toEqual([1, { from: 5, to: 10 }]);
    visible.mockReturnValue("hidden");
    expect(await times(60_000)).toBe(0);
    visible.mockReturnValue("visible");
    take(session, { type: "view", view: view({ lead: "Mia" }) });
    expect(await times(60_000)).toBe(0);
  } finally {
    vi.useRealTimers();
    visible.mockRestore();
  }
});

test("reception: a question of the server keeps the message until the visitor has said what shall happen to it", async () => {
  const ask = { chosen: { ...sales, state: "full" }, others: [support] };
  const { session, posts } = come(({ path, body }) =>
    path === "/v1/visitor/site"
      ? [503, {}]
      : body["group"] === "g_s"
        ? [409, { detail: "Sales takes no chat now.", data: { ask } }]
        : [403, { detail: "Not here." }],
  );
  session.choice.value = { group: "g_s" };
  say(session, "My order", []);
  await screen.findByText("Your message has not been sent yet. What shall happen to it?");
  session.box.value?.wake();
  expect([posts().length, session.items.value[0]?.text]).toEqual([1, "My order"]);
  expect(buttons()).toEqual(["Leave a message for Sales", "Talk to Support in the queue: 2 to 5 minutes"]);
  await press(/^Talk to Support/);
  await vi.waitFor(() => expect(posts()[1]?.body).toMatchObject({ key: posts()[0]?.body["key"], text: "My order", group: "g_t" }));
});

test("reception: what the site says after a question is newer than the question", async () => {
  const ask = { chosen: { ...sales, state: "full" }, others: [support] };
  const later = { ...team, groups: [sales, { ...support, state: "offline" }, billing] };
  const { session } = come(({ path }) => (path === "/v1/visitor/site" ? [200, later] : [409, { detail: "Full.", data: { ask } }]));
  session.choice.value = { group: "g_s" };
  say(session, "My order", []);
  await screen.findByText("Sales can take your message now.");
  expect(buttons()).toEqual(["Talk to Sales online"]);
});

test("reception: a group that is back while its question stands can be talked to after all", async () => {
  const { session } = come();
  await press(/^Billing/);
  await screen.findByRole("button", { name: "Leave a message for Billing" });
  session.site.value = { ...team, groups: [sales, { group: "g_b", name: "Billing", state: "online" }] };
  await screen.findByText("Billing can take your message now.");
  expect(buttons()).toEqual(["Talk to Billing online", "Talk to Sales online", "Choose again"]);
});

test("reception: who waits reads his place, and an address stays where it could not be sent", async () => {
  let down = true;
  const answered = { id: "e_1", conversation: "c_1", seq: 1, kind: "mail.answered", actor: { kind: "visitor" }, audience: "all", at: 1 };
  const events = [{ ...answered, body: { accepted: true } }] as unknown as Event[];
  const { session, asked, items } = come(({ path }) => {
    if (path === "/v1/visitor/conversation")
      return [200, view({ events, mail: { offered: "asked", answered: true, accepted: true, email: "ines@example.com" } })];
    return down ? [0, {}] : [200, { visitor: view({}).visitor, events, again: false }];
  });
  waits(session);
  await screen.findByText("Sales: You are 3rd, about 2 to 5 minutes.");
  await press("Get the answer by e-mail instead");
  const field = await screen.findByLabelText<HTMLInputElement>("Your e-mail address");
  const type = (text: string) => {
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  type("ines@");
  await press("Answer by e-mail");
  await screen.findByText("This is not an e-mail address, such as name@example.com.");
  expect(asked).toEqual([]);
  type("ines@example.com");
  await press("Answer by e-mail");
  await screen.findByText(/^Not sent: the line is down/);
  expect([field.value, items["email"], session.state.value.queue?.position]).toEqual(["ines@example.com", "ines@example.com", 3]);
  down = false;
  await press("Answer by e-mail");
  await screen.findByText("We will answer to ines@example.com.");
  expect(asked.findLast((a) => a.path === "/v1/visitor/mail")?.body).toEqual({ accept: true, email: "ines@example.com" });
});

test.each<[MailCause, string]>([
  ["max_wait", "It takes longer than we want. Shall we answer you by e-mail?"],
  ["closed", "Nobody is here to answer right now. Shall we answer you by e-mail?"],
  ["full", "Too many are waiting right now. Shall we answer you by e-mail?"],
])("reception: an offer because of %s is asked with its reason, and whoever goes on waiting keeps his place", async (cause, question) => {
  const { session, asked } = come(({ path }) => {
    const event = { id: "e_1", conversation: "c_1", seq: 1, kind: "mail.answered", actor: { kind: "visitor" }, audience: "all", at: 1 };
    return path === "/v1/visitor/mail"
      ? [200, { visitor: view({}).visitor, events: [{ ...event, body: { accepted: false } }], again: false }]
      : [503, {}];
  });
  waits(session, { mail: { offered: cause } });
  await screen.findByText(question);
  const place = "Sales: You are 3rd, about 2 to 5 minutes.";
  const closed = cause === "closed"; // Nobody waits for who is not there.
  expect(screen.queryByText(place) === null).toBe(closed);
  await press(closed ? "I will look here" : "Go on waiting");
  await screen.findByRole("button", { name: "Get the answer by e-mail instead" });
  expect(asked.at(-1)).toEqual({ path: "/v1/visitor/mail", body: { accept: false } });
  await screen.findByText(closed ? "Your message is with us. You find the answer here." : place);
});

test("reception: a message that has no place in the queue is still known to be kept", async () => {
  const { session } = come();
  take(session, { type: "view", view: view({ mail: { offered: "closed", answered: true, accepted: false } }) });
  await screen.findByText("Your message is with us. You find the answer here.");
});

test("reception: names are texts, whatever is in them", async () => {
  const { session } = come();
  session.site.value = {
    ...team,
    groups: [
      { ...sales, name: "<img src=x onerror=alert(1)>" },
      { ...billing, name: "{group} {when}" },
    ],
  };
  await press(/^\{group\}/);
  await screen.findByText("{group} {when} is not here now: back Monday 09:00.");
  await screen.findByRole("button", { name: "Talk to <img src=x onerror=alert(1)> online" });
  expect(document.querySelector("img")).toBeNull();
});
