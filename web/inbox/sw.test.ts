import { afterEach, expect, test, vi } from "vitest";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

const made = { toJSON: () => ({ endpoint: "https://push.example/new" }) };

/** The worker in a browser of which only its own doors are there: what it asks the server for, and its subscription. */
async function worker(state: { key: string; on: boolean } | "away") {
  const asked: string[] = [];
  const subscribed: unknown[] = [];
  const heard = new Map<string, (event: unknown) => void>();
  vi.stubGlobal("navigator", { languages: ["en"], userAgent: "Chrome" });
  vi.stubGlobal("fetch", async (to: string, init: RequestInit) => {
    if (state === "away") throw new TypeError("no network");
    asked.push(`${init.method} ${to}${typeof init.body === "string" ? ` ${init.body}` : ""}`);
    return init.method === "GET" ? Response.json(state) : new Response(null, { status: 204 });
  });
  const subscribe = async (options: unknown) => {
    subscribed.push(options);
    return made;
  };
  vi.stubGlobal("self", {
    addEventListener: (name: string, hear: (event: unknown) => void) => heard.set(name, hear),
    registration: { pushManager: { subscribe } },
  });
  // Not by its name: the worker is checked with the types of workers, and this file with those of pages.
  const file = "./sw";
  await import(file);
  const changed = async (newSubscription?: typeof made | null) => {
    let done: Promise<unknown> | undefined;
    heard.get("pushsubscriptionchange")?.({ newSubscription, waitUntil: (work: Promise<unknown>) => (done = work) });
    expect(done, "the browser must wait for it").toBeDefined();
    await done;
  };
  return { changed, asked, subscribed };
}

const told = 'POST /v1/push {"endpoint":"https://push.example/new"}';

test("a subscription that the browser has made anew is told to the server", async () => {
  const { changed, asked, subscribed } = await worker({ key: "k", on: true });
  await changed(made);
  expect(asked).toEqual(["GET /v1/push", told]);
  expect(subscribed).toEqual([]);
});

test("where the browser has made none, the worker does, with the key of today", async () => {
  for (const none of [null, undefined]) {
    vi.resetModules();
    const { changed, asked, subscribed } = await worker({ key: "k2", on: true });
    await changed(none);
    expect(subscribed).toEqual([{ userVisibleOnly: true, applicationServerKey: "k2" }]);
    expect(asked).toEqual(["GET /v1/push", told]);
  }
});

test("a subscription that the push service has ended, so that the server knows the device no more, is made anew", async () => {
  const { changed, asked, subscribed } = await worker({ key: "k", on: false });
  await changed(null);
  expect(subscribed).toHaveLength(1);
  expect(asked).toEqual(["GET /v1/push", told]);
});

test("a server that pushes to nobody is told nothing", async () => {
  const { changed, asked, subscribed } = await worker({ key: "", on: true });
  await changed(made);
  expect(asked).toEqual(["GET /v1/push"]);
  expect(subscribed).toEqual([]);
});

test("a server out of reach is no error of the worker's", async () => {
  const { changed, asked } = await worker("away");
  await changed(made);
  expect(asked).toEqual([]);
});
