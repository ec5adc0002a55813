import { vi } from "vitest";
import type { Host, HostLine } from "./host.ts";
import { newSession } from "./session.ts";

/** Asked is what a visitor's page has asked of the server. */
export interface Asked {
  path: string;
  token: string;
  body: Record<string, unknown>;
}

/** anonymous is the token of who is not signed in. */
export const anonymous = "t".repeat(43);

/** arrive brings a visitor whose outbox has not come yet; the page keeps what it is given, unless its storage is blocked. */
export function arrive(blocked = false, answer: (asked: Asked) => [number, object] = () => [403, { detail: "Not here." }]) {
  const asked: Asked[] = [];
  vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
    const token = new Headers(init.headers).get("authorization")?.replace("Bearer ", "") ?? "";
    const one = { path, token, body: JSON.parse(String(init.body ?? "{}")) as Record<string, unknown> };
    asked.push(one);
    const [status, body] = answer(one);
    return new Response(JSON.stringify(body), { status });
  });
  const kept: Record<string, string> = {};
  const host: Host = {
    origin: "https://shop.example",
    token: anonymous,
    page: { url: "https://shop.example/", title: "", referrer: "", language: "en", visits: 1 },
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
      all: async () => ({ ...kept }),
      put: async (name, text) => {
        if (blocked) throw new Error("blocked");
        if (text === null) delete kept[name];
        else kept[name] = text;
      },
    },
    close: () => undefined,
  };
  const config = { site: "KEY", origins: [], accent: "", language: "", greeting: "" };
  return {
    session: newSession(config, host, line),
    reload: () => newSession(config, host, line),
    asked,
    posts: () => asked.filter((a) => a.path === "/v1/visitor/messages").map((a) => a.body),
    kept,
  };
}
