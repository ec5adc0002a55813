// @vitest-environment jsdom
import { afterEach, expect, test, vi } from "vitest";
import { say } from "./acts.ts";
import { anonymous, type Asked, arrive } from "./arrive.testing.ts";
import { openBox } from "./box.ts";
import { prove } from "./identity.ts";

const jwt = (claims: object) => `h.${btoa(JSON.stringify(claims)).replaceAll("=", "")}.s`;
const mia = jwt({ sub: "customer-42" });

/** server signs everybody in; it takes no message, and has no time for who is not signed in. */
const server = ({ path, token }: Asked): [number, object] => {
  if (path === "/v1/visitor/sign-in") return [200, { until: (Date.now() + 900_000) * 1000 }];
  if (path === "/v1/visitor/messages") return [token === anonymous ? 503 : 403, { detail: "Not here." }];
  return path === "/v1/visitor/sign-out" ? [204, {}] : [404, { detail: "Not here." }];
};

afterEach(() => vi.unstubAllGlobals());

test.each([
  ["is kept", false],
  ["cannot be kept", true],
])("identity: what was said before the sign-in goes out as him, where it %s", async (_, blocked) => {
  const { session, asked, kept, posts } = arrive(blocked, server);
  say(session, "hello", []);
  const key = session.items.value[0]?.key;
  openBox(session);
  await vi.waitFor(() => expect(posts()).toHaveLength(1));
  await vi.waitFor(() => expect(session.items.value[0]?.state).toBe("waiting"));
  await prove(session, mia);
  expect(session.sub).toBe("customer-42");
  const said = () => asked.filter((a) => a.path === "/v1/visitor/messages" && a.token === session.token);
  await vi.waitFor(() => expect(said().map((a) => [a.body["key"], a.body["text"]])).toEqual([[key, "hello"]]));
  expect(Object.keys(kept).filter((name) => name.startsWith("out."))).toEqual([]);
});

test("identity: a message that is under way is answered before its visitor is signed in", async () => {
  const { session, asked } = arrive(false, server);
  let answer: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const fetched = globalThis.fetch;
  vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
    const response = await fetched(path, init);
    if (path === "/v1/visitor/messages") await held;
    return response;
  });
  say(session, "hello", []);
  openBox(session);
  await vi.waitFor(() => expect(asked.map((a) => a.path)).toEqual(["/v1/visitor/messages"]));
  const proven = prove(session, mia);
  await new Promise((resolve) => setTimeout(resolve)); // waits: one turn of the page, in which it would ask
  expect(asked.map((a) => a.path)).toEqual(["/v1/visitor/messages"]);
  answer();
  await proven;
  expect(session.sub).toBe("customer-42");
});

test("identity: who signs out leaves nothing of his to whoever writes next, and what that one says is his own", async () => {
  const { session, asked, kept } = arrive(false, server);
  await prove(session, mia);
  const { token } = session;
  say(session, "a secret of Mia's", []);
  await vi.waitFor(() => expect(asked.some((a) => a.body["text"] === "a secret of Mia's")).toBe(true));
  await prove(session, "");
  expect([session.sub, session.items.value, JSON.stringify(kept)]).toEqual([undefined, [], "{}"]);
  say(session, "somebody else", []);
  await vi.waitFor(() => expect(asked.find((a) => a.body["text"] === "somebody else")?.token).not.toBe(token));
});

test("identity: an outbox that comes late does not take the place of his", async () => {
  const { session } = arrive(false, server);
  await prove(session, mia);
  const { value } = session.box;
  openBox(session);
  expect(session.box.value).toBe(value);
});
