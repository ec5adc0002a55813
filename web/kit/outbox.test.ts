import { expect, test } from "vitest";
import { ApiError } from "./api.ts";
import { crash, type Faults, later, mailroom, type Mailroom, openTab, put, turn, writtenEarly } from "./mailroom.testing.ts";
import { outbox, type Outgoing, type OutboxEnv, outboxLimits, type OutboxStore } from "./outbox.ts";
import { pendingOf } from "./pending.ts";
import type { Event } from "./wire.ts";

/** live plays a person's day with one or two tabs, and then waits until the line is good and all is quiet. */
async function live(seed: number, faults: Faults = {}): Promise<Mailroom> {
  const room = mailroom(seed, faults);
  openTab(room);
  for (let step = 0; step < 60; step++) await someday(room);
  room.online = true;
  if (room.tabs.length === 0) openTab(room);
  for (let quiet = 0, turns = 0; quiet < 10 && turns < 4000; turns++) {
    if (turns % 20 === 0) for (const tab of room.tabs) tab.box.wake();
    room.now += 100;
    await turn(room);
    quiet = room.kept.size === 0 && room.tabs.every((tab) => tab.box.items().length === 0) ? quiet + 1 : 0;
  }
  return room;
}

async function someday(room: Mailroom): Promise<void> {
  const roll = room.dice.below(100);
  const tab = room.tabs.length === 0 ? openTab(room) : room.dice.pick(room.tabs);
  if (roll < 14) put(room, tab, room.dice.pick(["c_1", "c_2"]));
  else if (roll < 80) await turn(room);
  else if (roll < 84 && !room.faults.perfect) room.online = !room.online;
  else if (roll < 88) room.now += room.dice.below(30_000);
  else if (roll < 91 && room.tabs.length < 3) openTab(room, room.dice.below(2) === 0 ? writtenEarly(room, "c_1") : []);
  else if (roll < 94 && !room.faults.perfect) await crashSafely(room, tab);
  else tab.box.wake();
}

/** crashSafely lets what was just typed reach the storage first: a crash in the same instant loses what no program could keep. */
async function crashSafely(room: Mailroom, tab: Mailroom["tabs"][number]): Promise<void> {
  for (let i = 0; i < 400 && tab.box.items().some((item) => !room.kept.has(item.key)) && !room.faults.forgetful; i++) await turn(room);
  crash(room, tab);
}

function wrongs(room: Mailroom): string[] {
  const texts = room.stored.map((s) => s.text);
  const lost = [...room.wanted].filter((text) => !texts.includes(text) && !room.dropped.has(text)).map((text) => `lost: ${text}`);
  const doubled = texts.filter((text, i) => texts.indexOf(text) !== i).map((text) => `twice: ${text}`);
  const vanished = room.vanished.map((text) => `vanished: ${text}`);
  return [...lost, ...doubled, ...vanished, ...disorder(room)];
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

/** Two tabs write at the same time in no order that a person could see; what one tab wrote keeps its order, whoever sends it. */
function disorder(room: Mailroom): string[] {
  const lines = grouped(room.stored, (s) => `${s.conversation}, ${s.text.split(" in ")[1]}`);
  return [...lines].flatMap(([line, said]) => {
    const numbers = said.map((s) => Number.parseInt(s.text, 10));
    return numbers.some((n, i) => i > 0 && n < (numbers[i - 1] ?? 0)) ? [`${line} out of order: ${numbers}`] : [];
  });
}

test("outbox: crashes, lost answers and two tabs lose nothing, double nothing and keep the order", async () => {
  for (let seed = 1; seed <= 400; seed++) expect({ seed, wrongs: wrongs(await live(seed)) }).toEqual({ seed, wrongs: [] });
});

test("outbox: without locks nothing is lost, doubled or out of sight either", async () => {
  const said = (room: Mailroom) => wrongs(room).filter((wrong) => !wrong.includes("out of order"));
  for (let seed = 1; seed <= 150; seed++) expect({ seed, wrongs: said(await live(seed, { noLocks: true })) }).toEqual({ seed, wrongs: [] });
});

test("outbox: on a line without trouble two tabs send each message once", async () => {
  for (let seed = 1; seed <= 60; seed++) {
    const room = await live(seed, { perfect: true });
    expect({ seed, posts: room.posts.length }).toEqual({ seed, posts: room.wanted.size });
  }
});

test.each<[string, Faults]>([
  ["a store that forgets", { forgetful: true }],
  ["a new key for each attempt", { newKeys: true }],
  ["an order that is not kept", { shuffled: true }],
  ["a tab that does not ask what another one has sent", { deaf: true }],
])("outbox: the law finds a planted fault: %s", async (_, faults) => {
  let found = false;
  for (let seed = 1; seed <= 150 && !found; seed++) found = wrongs(await live(seed, faults)).length > 0;
  expect(found).toBe(true);
});

test("outbox: the law finds a planted fault: locks that let everybody in", async () => {
  let found = false;
  for (let seed = 1; seed <= 60 && !found; seed++) {
    const room = await live(seed, { perfect: true, noLocks: true });
    found = room.posts.length > room.wanted.size;
  }
  expect(found).toBe(true);
});

/** desk is one outbox whose sends are answered by the test. */
function desk(options: { kept?: Outgoing[]; now?: () => number; store?: OutboxStore; arrived?: () => Promise<boolean> } = {}) {
  const kept = new Map((options.kept ?? []).map((item) => [item.key, item]));
  const sends: { item: Outgoing; answer: (value: string) => void; fail: (error: unknown) => void }[] = [];
  const sent: string[] = [];
  const timers: { run: () => void; ms: number }[] = [];
  let volatile = 0;
  let key = 0;
  const env: Partial<OutboxEnv> = {
    now: options.now ?? (() => 1000),
    random: () => 0.5,
    setTimeout: (run, ms) => timers.push({ run, ms }),
    clearTimeout: () => undefined,
    online: () => true,
    exclusive: (_, run) => run(),
    channel: () => ({ tell: () => undefined, close: () => undefined }),
    newKey: () => `key-${++key}`,
  };
  const store: OutboxStore = options.store ?? {
    load: async () => [...kept.values()],
    put: async (item) => void kept.set(item.key, item),
    remove: async (id) => void kept.delete(id),
  };
  const box = outbox<string>({
    name: "desk",
    store,
    send: (item) => new Promise((answer, fail) => sends.push({ item, answer, fail })),
    onSent: (item) => void sent.push(item.text),
    onVolatile: () => volatile++,
    ...(options.arrived === undefined ? {} : { arrived: options.arrived }),
    env,
  });
  const quiet = async () => {
    for (let i = 0; i < 10; i++) await later();
  };
  return { box, kept, sends, sent, timers, quiet, volatile: () => volatile };
}

const message = (text: string, conversation = "c") => ({ conversation, voice: "reply" as const, text });

function waiting(over: Partial<Outgoing>): Outgoing {
  return {
    key: "old",
    conversation: "c",
    voice: "reply",
    text: "t",
    files: [],
    at: 0,
    typingMs: 0,
    seen: 0,
    state: "waiting",
    unknown: false,
    ...over,
  };
}

test("outbox: a message is kept before it leaves, and its fate is kept as unknown while it travels", async () => {
  const d = desk();
  d.box.put(message("hello"));
  await d.quiet();
  expect(d.kept.get("key-1")).toMatchObject({ text: "hello", state: "waiting", unknown: true });
  expect(d.box.items()[0]?.state).toBe("sending");
  d.sends[0]?.answer("ok");
  await d.quiet();
  expect([d.sent, d.kept.size, d.box.items().length]).toEqual([["hello"], 0, 0]);
});

test("outbox: what waited longer than a day is not sent until the person says so, and then with its key", async () => {
  const now = outboxLimits.oldMs + 1;
  const d = desk({
    kept: [waiting({ key: "a", text: "yesterday" }), waiting({ key: "b", text: "just now", at: now - 1000 })],
    now: () => now,
  });
  await d.quiet();
  expect(d.sends.map((s) => s.item.text)).toEqual(["just now"]);
  expect(d.box.items().find((i) => i.key === "a")?.state).toBe("old");
  d.sends[0]?.answer("ok");
  await d.quiet();
  d.box.retry("a");
  await d.quiet();
  expect(d.sends.map((s) => s.item.key)).toEqual(["b", "a"]);
});

test("outbox: a failed send is repeated with the same key, after a pause", async () => {
  const d = desk();
  d.box.put(message("hello"));
  await d.quiet();
  d.sends[0]?.fail(new ApiError("offline", "no line"));
  await d.quiet();
  expect(d.sends).toHaveLength(1);
  expect(d.timers.at(-1)?.ms).toBeGreaterThanOrEqual(outboxLimits.minWaitMs);
  d.timers.at(-1)?.run();
  await d.quiet();
  expect(d.sends.map((s) => s.item.key)).toEqual(["key-1", "key-1"]);
});

test("outbox: it comes back when the server asked it to", async () => {
  const d = desk();
  d.box.put(message("hello"));
  await d.quiet();
  d.sends[0]?.fail(new ApiError("limited", "wait", 429, undefined, 9000));
  await d.quiet();
  expect(d.timers.at(-1)?.ms).toBe(9000);
  expect(d.box.items()[0]).toMatchObject({ state: "waiting", unknown: false });
});

test("outbox: a refused message stays with its reason and lets the next one pass", async () => {
  const d = desk();
  d.box.put(message("too long"));
  d.box.put(message("fine"));
  await d.quiet();
  d.sends[0]?.fail(new ApiError("invalid", "At most 10,000 characters."));
  await d.quiet();
  expect(d.sends.map((s) => s.item.text)).toEqual(["too long", "fine"]);
  expect(d.box.items()[0]).toMatchObject({ state: "refused", unknown: false, problem: { message: "At most 10,000 characters." } });
});

test("outbox: a held message holds back what was written after it, in its conversation alone", async () => {
  const d = desk();
  d.box.put(message("answer"));
  d.box.put(message("and another thing"));
  d.box.put(message("elsewhere", "c2"));
  await d.quiet();
  d.sends[0]?.fail(new ApiError("conflict", "A colleague answered.", 409, { replies: [] }));
  await d.quiet();
  expect(d.sends.map((s) => s.item.text)).toEqual(["answer", "elsewhere"]);
  d.sends[1]?.answer("ok");
  await d.quiet();
  d.box.retry("key-1", { seen: 17 });
  await d.quiet();
  expect(d.sends[2]?.item).toMatchObject({ key: "key-1", seen: 17 });
  d.sends[2]?.answer("ok");
  await d.quiet();
  expect(d.sends[3]?.item.text).toBe("and another thing");
});

test("outbox: a message whose group takes no chat waits for its author's word, and goes out with another choice under its key", async () => {
  const d = desk();
  const first = d.box.put({ conversation: "", voice: "reply", text: "to billing", choice: { group: "g_1" } });
  d.box.put({ conversation: "", voice: "reply", text: "behind it" });
  await d.quiet();
  const ask = { chosen: { group: "g_1" }, others: [] };
  d.sends[0]?.fail(new ApiError("conflict", "Billing takes no chat now.", 409, { ask }));
  await d.quiet();
  for (const timer of d.timers.splice(0)) timer.run();
  d.box.wake();
  await d.quiet();
  expect([d.sends.length, d.box.items().map((i) => i.state)]).toEqual([1, ["held", "waiting"]]);
  expect(d.kept.get(first.key)).toMatchObject({ state: "held", choice: { group: "g_1" }, problem: { data: { ask } } });
  d.box.retry(first.key, { choice: { group: "g_1", leave: true } });
  await d.quiet();
  expect(d.sends[1]?.item).toMatchObject({ key: first.key, text: "to billing", choice: { group: "g_1", leave: true } });
  expect(d.sends[1]?.item.problem).toBeUndefined();
});

test("outbox: a note that calls somebody who may not see it waits for its author's word, and lets him in under its key", async () => {
  const d = desk();
  const note = d.box.put({ conversation: "c1", voice: "note", text: "@Bob look", mentions: ["a_bob"] });
  await d.quiet();
  expect(d.sends[0]?.item.grant).toBeUndefined();
  d.sends[0]?.fail(new ApiError("conflict", "Bob may not see it.", 409, { agents: ["a_bob"] }));
  await d.quiet();
  expect(d.box.items().map((i) => i.state)).toEqual(["held"]);
  d.box.retry(note.key, { grant: true });
  await d.quiet();
  expect(d.sends[1]?.item).toMatchObject({ key: note.key, grant: true, mentions: ["a_bob"] });
});

test("outbox: who is signed out is not asked again by a timer", async () => {
  const d = desk();
  d.box.put(message("hello"));
  await d.quiet();
  d.sends[0]?.fail(new ApiError("signed-out", "Sign in."));
  await d.quiet();
  expect([d.timers.length, d.box.items()[0]?.state]).toEqual([0, "waiting"]);
  d.box.wake();
  await d.quiet();
  expect(d.sends).toHaveLength(2);
});

test("outbox: editing a message that may have arrived first finds out, with its key", async () => {
  for (const [answer, outcome] of [
    [undefined, "sent"],
    [new ApiError("invalid", "no"), "taken"],
    [new ApiError("offline", "no line"), "unknown"],
  ] as const) {
    const d = desk();
    d.box.put(message("hello"));
    await d.quiet();
    d.sends[0]?.fail(new ApiError("offline", "no line"));
    await d.quiet();
    const taking = d.box.take("key-1");
    await d.quiet();
    expect(d.sends[1]?.item.key).toBe("key-1");
    if (answer === undefined) d.sends[1]?.answer("ok");
    else d.sends[1]?.fail(answer);
    expect((await taking).outcome).toBe(outcome);
    expect(d.box.items()).toHaveLength(outcome === "unknown" ? 1 : 0);
  }
});

test("outbox: editing a message that waited for more than a day never sends it: one looks whether it has arrived", async () => {
  for (const [arrived, outcome] of [
    [async () => true, "sent"],
    [async () => false, "taken"],
    [async () => Promise.reject(new ApiError("offline", "no line")), "unknown"],
  ] as const) {
    const d = desk({ kept: [waiting({ unknown: true })], now: () => outboxLimits.oldMs + 1000, arrived });
    await d.quiet();
    expect(d.box.items()[0]?.state).toBe("old");
    const taken = await d.box.take("old");
    await d.quiet();
    expect([taken.outcome, d.sends.length]).toEqual([outcome, 0]);
    expect([d.box.items().length, d.kept.size]).toEqual(outcome === "unknown" ? [1, 1] : [0, 0]);
  }
});

test("outbox: a message that never left is handed back without a request", async () => {
  const d = desk();
  d.box.put(message("first"));
  const second = d.box.put(message("second"));
  await d.quiet();
  const taken = await d.box.take(second.key);
  expect(taken).toMatchObject({ outcome: "taken", item: { text: "second" } });
  expect(d.sends).toHaveLength(1);
});

test("outbox: blocked storage is told once for each message and the message goes out all the same", async () => {
  const blocked = () => Promise.reject(new Error("blocked"));
  const d = desk({ store: { load: blocked, put: blocked, remove: blocked } });
  d.box.put(message("hello"));
  await d.quiet();
  expect(d.volatile()).toBeGreaterThan(0);
  d.sends[0]?.answer("ok");
  await d.quiet();
  expect([d.sent, d.box.items()]).toEqual([["hello"], []]);
});

test("outbox: the 201st message is refused and nothing is lost", async () => {
  const d = desk();
  for (let i = 0; i < outboxLimits.items; i++) d.box.put(message(`m${i}`));
  expect(() => d.box.put(message("one too many"))).toThrow(ApiError);
  expect(d.box.items()).toHaveLength(outboxLimits.items);
});

test("outbox: a clock that jumps back keeps the order of writing", async () => {
  let now = 5_000_000;
  const d = desk({ now: () => now });
  d.box.put(message("first"));
  now = 1000;
  d.box.put(message("second"));
  expect(d.box.items().map((i) => i.text)).toEqual(["first", "second"]);
});

test("outbox: halves of characters and NUL never reach the server", async () => {
  const d = desk();
  d.box.put(message("a\u0000b\ud83d c😀"));
  expect(d.box.items()[0]?.text).toBe("ab\ufffd c😀");
});

test("outbox: nothing is told after close, and clear forgets what is kept", async () => {
  const d = desk();
  d.box.put(message("hello"));
  await d.quiet();
  await d.box.clear();
  expect(d.kept.size).toBe(0);
  d.box.close();
  d.sends[0]?.answer("ok");
  await d.quiet();
  expect(d.sent).toEqual([]);
});

test("pendingOf: the bubble goes when the stream was faster than the answer, and one event hides one bubble", () => {
  const event = { seq: 5, kind: "message", actor: { kind: "visitor" }, body: { text: "ok" } } as Event;
  const items = [
    waiting({ key: "a", text: "ok", state: "sending", seen: 4 }),
    waiting({ key: "b", text: "ok", state: "sending", seen: 4 }),
  ];
  expect(pendingOf(items, [event], () => true).map((i) => i.key)).toEqual(["b"]);
  expect(pendingOf([waiting({ text: "ok", state: "refused", seen: 4 })], [event], () => true)).toHaveLength(1);
});
