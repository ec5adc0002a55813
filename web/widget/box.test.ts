// @vitest-environment jsdom
import { afterEach, expect, test, vi } from "vitest";
import { say } from "./acts.ts";
import { arrive } from "./arrive.testing.ts";
import { openBox } from "./box.ts";

const texts = (items: readonly { text: string }[]) => items.map((item) => item.text);

afterEach(() => vi.unstubAllGlobals());

test("early: what is said before the outbox has come stands on the screen, is kept, and goes out in order under its keys", async () => {
  const { session, posts, kept } = arrive();
  say(session, "first", []);
  say(session, "second", []);
  expect(texts(session.items.value)).toEqual(["first", "second"]);
  const keys = session.items.value.map((item) => item.key);
  await vi.waitFor(() => expect(Object.keys(kept).sort()).toEqual(keys.map((key) => `out.${key}`).sort()));
  expect(posts()).toEqual([]);
  openBox(session);
  await vi.waitFor(() =>
    expect(posts().map((p) => [p["key"], p["text"]])).toEqual([
      [keys[0], "first"],
      [keys[1], "second"],
    ]),
  );
});

test("early: a page that is left before the outbox has come sends it when it is there again", async () => {
  const { session, reload, posts, kept } = arrive();
  say(session, "hello", []);
  await vi.waitFor(() => expect(Object.keys(kept)).toHaveLength(1));
  openBox(reload());
  await vi.waitFor(() => expect(posts().map((p) => p["text"])).toEqual(["hello"]));
});

test("early: where nothing can be kept the visitor is told, and it goes out all the same", async () => {
  const { session, posts } = arrive(true);
  say(session, "hello", []);
  await vi.waitFor(() => expect(session.kept.value).toBe(false));
  openBox(session);
  await vi.waitFor(() => expect(posts().map((p) => p["text"])).toEqual(["hello"]));
});

test("box: a second opening changes nothing", () => {
  const { session } = arrive();
  openBox(session);
  const { value } = session.box;
  openBox(session);
  expect(session.box.value).toBe(value);
});

test("box: while it is not known who writes nothing goes out; then it goes out as him", async () => {
  const { session, posts } = arrive();
  let taken: () => void = () => undefined;
  session.heard = new Promise<void>((resolve) => {
    taken = resolve;
  });
  say(session, "hello", []);
  openBox(session);
  await vi.waitFor(() => expect(session.items.value.map((item) => item.state)).toEqual(["sending"]));
  expect(posts()).toEqual([]);
  taken();
  await vi.waitFor(() => expect(posts().map((p) => p["text"])).toEqual(["hello"]));
});
