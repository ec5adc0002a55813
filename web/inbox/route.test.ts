import { expect, test } from "vitest";
import { addressOf, parseRoute, type Route } from "./route";

const at = (path: string) => parseRoute(new URL(path, "http://inbox.example"));

test("each screen has an address that leads back to it", () => {
  const routes: Route[] = [
    { name: "sign-in" },
    { name: "inbox", conversation: null, at: null },
    { name: "inbox", conversation: "c_06h0l", at: null },
    { name: "inbox", conversation: "c_06h0l", at: 12 },
    { name: "talks", talk: null, at: null },
    { name: "talks", talk: "c_06h0l", at: null },
    { name: "talks", talk: "c_06h0l", at: 12 },
    { name: "search", words: "" },
    { name: "board", part: "now" },
    { name: "board", part: "share" },
    { name: "triage" },
    { name: "promises", part: "mine", ended: false },
    { name: "promises", part: "groups", ended: true },
    { name: "promises", part: "kept", ended: false },
    { name: "search", words: "café & tea" },
    { name: "settings", section: "team" },
    { name: "settings", section: "groups" },
    { name: "settings", section: "groups", group: { id: "g_06h0l", part: "about" } },
    { name: "settings", section: "groups", group: { id: "g_06h0l", part: "hours" } },
    { name: "settings", section: "paths" },
  ];
  for (const route of routes) expect(at(addressOf(route))).toEqual(route);
});

test("one-time tokens are read from the fragment and never written back", () => {
  for (const name of ["setup", "invite", "link"] as const) {
    const route = at(`/${name}#secret-Token_1`);
    expect(route).toEqual({ name, token: "secret-Token_1" });
    expect(addressOf(route)).toBe(`/${name}`);
  }
});

test("a trailing slash and a bare /settings lead somewhere", () => {
  expect(at("/settings/")).toEqual({ name: "settings", section: "account" });
  expect(at("/sign-in/")).toEqual({ name: "sign-in" });
});

test("what is no screen is unknown instead of the inbox", () => {
  for (const path of [
    "/c",
    "/c/a/b",
    "/settings/secrets",
    "/settings/team/x",
    "/settings/groups/x/y",
    "/settings/groups/x/hours/y",
    "/board/x",
    "/board/share/y",
    "/setup/x",
    "/wp-admin",
  ])
    expect(at(path).name).toBe("unknown");
});

test("a broken position or encoding does not break the address", () => {
  expect(at("/c/x?at=-3")).toEqual({ name: "inbox", conversation: "x", at: null });
  expect(at("/c/x?at=1e99")).toEqual({ name: "inbox", conversation: "x", at: null });
  expect(at("/c/%E0%A4%A")).toEqual({ name: "inbox", conversation: "%E0%A4%A", at: null });
});
