// @vitest-environment jsdom
import { afterEach, expect, test, vi } from "vitest";
import type { Agent, Event, Inbox as Snapshot, Opened, Row, Thread } from "$kit/wire.ts";
import { type Inbox, createInbox } from "./inbox.svelte";

const me: Agent = {
  id: "a_ada",
  name: "Ada",
  email: "ada@team.example",
  role: "agent",
  status: "accepting",
  limit: 4,
  groups: ["g_first"],
};
const thread: Thread = {
  id: "t_1",
  conversation: "c_1",
  number: 1,
  state: "active",
  group: "g_first",
  policy: "lead",
  lead: me.id,
  members: [],
  started_at: 1,
  version: 1,
};
const row: Row = {
  conversation: {
    id: "c_1",
    kind: "customer",
    head: 1,
    vhead: 1,
    seen_visitor: 0,
    seen_team: 0,
    last: { seq: 1, at: 1, by: "visitor", text: "hello" },
  },
  thread,
  visitor: { id: "v_1", name: "Mia" },
} as Row;
const said = {
  conversation: "c_1",
  seq: 1,
  id: "e_1",
  thread: "t_1",
  kind: "message",
  actor: { kind: "visitor", id: "v_1", name: "Mia" },
  audience: "all",
  at: 1,
  body: { text: "hello" },
} as unknown as Event;
const counts = { my: 1, queue: 0, all: 1 };
const snapshot = {
  me,
  cursor: "",
  counts,
  rows: [row],
  team: [me],
  present: [],
  groups: [],
  sites: [],
  drafts: [],
  losses: [],
  signals: [],
  invitations: [],
} as unknown as Snapshot;
const opened: Opened = { cursor: "", row, threads: [thread], events: [said], more: false };

/** A server that shows the chat until it is passed to a group whose chats this agent may not see. */
function server() {
  let passed = false;
  let asked = 0;
  const answer = (status: number, body: object) =>
    new Response(JSON.stringify(body), {
      status,
      headers: { "Content-Type": status === 200 ? "application/json" : "application/problem+json" },
    });
  vi.stubGlobal("fetch", async (input: RequestInfo | URL) => {
    const { pathname } = new URL(String(input), "http://localhost");
    if (pathname === "/v1/inbox") return answer(200, snapshot);
    if (pathname === "/v1/conversations") return answer(200, { rows: [row], counts });
    if (pathname !== "/v1/conversations/c_1") throw new Error(`nobody answers ${pathname}`);
    asked++;
    return passed
      ? answer(404, { kind: "missing", title: "Missing", detail: "There is no such conversation.", status: 404 })
      : answer(200, opened);
  });
  // A line that never opens: frames are given by hand.
  vi.stubGlobal(
    "WebSocket",
    class {
      close() {}
      send() {}
    },
  );
  return {
    pass: () => {
      passed = true;
    },
    get asked() {
      return asked;
    },
  };
}

let inbox: Inbox | undefined;
afterEach(() => {
  inbox?.stop();
  vi.unstubAllGlobals();
});

/** An inbox in which the chat is open and on the screen. */
async function reading(): Promise<Inbox> {
  const desk = createInbox({ me, session: "s_1" });
  inbox = desk;
  desk.show("c_1");
  await vi.waitFor(() => expect(desk.state.talks.get("c_1")?.events).toHaveLength(1));
  return desk;
}

test("what is open and may not be seen any more is said to be gone, instead of loading for ever", async () => {
  const at = server();
  const desk = await reading();
  expect(desk.trouble).toBeNull();
  at.pass();
  desk.dispatch({ type: "frame", frame: { type: "gone", conversation: "c_1" } });
  await vi.waitFor(() => expect(desk.state.talks.has("c_1")).toBe(false));
  expect(desk.state.rows.has("c_1")).toBe(false);
  await vi.waitFor(() => expect(desk.trouble).toBe("missing"));
});

test("it is asked for once, however much comes after; and opening another ends the sentence", async () => {
  const at = server();
  const desk = await reading();
  const before = at.asked;
  at.pass();
  for (let i = 0; i < 3; i++) desk.dispatch({ type: "frame", frame: { type: "gone", conversation: "c_1" } });
  await vi.waitFor(() => expect(desk.trouble).toBe("missing"));
  expect(at.asked).toBe(before + 1);
  desk.show(null);
  expect(desk.trouble).toBeNull();
});

test("a talk that is opened as a conversation is known to stand elsewhere, and asked for once", async () => {
  server();
  const asked: string[] = [];
  const before = globalThis.fetch;
  const lunch = {
    conversation: { id: "c_lunch", kind: "channel", head: 1, last: { seq: 1, at: 1 } },
    talk: { name: "Lunch", policy: "everyone", members: ["a_ada"], at: 1, version: 1 },
    size: 1,
    read: 0,
    unread: 1,
    calls: 1,
    level: "mentions",
  };
  vi.stubGlobal("fetch", async (input: RequestInfo | URL) => {
    const { pathname } = new URL(String(input), "http://localhost");
    const json = (status: number, body: object) =>
      new Response(JSON.stringify(body), {
        status,
        headers: { "Content-Type": status === 200 ? "application/json" : "application/problem+json" },
      });
    if (!pathname.endsWith("/c_lunch")) return before(input);
    asked.push(pathname);
    if (pathname === "/v1/talks/c_lunch")
      return json(200, { cursor: "", row: lunch, within: true, runs: false, events: [], more: false, reads: [] });
    return json(404, { kind: "missing", title: "Missing", detail: "There is no such conversation.", status: 404 });
  });
  const desk = createInbox({ me, session: "s_1" });
  inbox = desk;
  desk.show("c_lunch");
  await vi.waitFor(() => expect(desk.misplaced).toBe("c_lunch"));
  // The start itself asks twice: for the first picture, and where the stream begins.
  await vi.waitFor(() => expect(asked).toHaveLength(4));
  // Frames, and a list that has it, must not ask again and again until the address is put right.
  desk.dispatch({ type: "inbox", list: "my", inbox: { ...snapshot, talks: [lunch] } as unknown as Snapshot });
  for (let i = 0; i < 3; i++) {
    desk.dispatch({ type: "tick", now: i });
    await new Promise((done) => requestAnimationFrame(() => done(null)));
  }
  expect(asked).toHaveLength(4);
  expect(desk.trouble).toBeNull();
  desk.show("c_lunch", true);
  await vi.waitFor(() => expect(desk.state.talks.has("c_lunch")).toBe(true));
  expect(desk.misplaced).toBeNull();
});
