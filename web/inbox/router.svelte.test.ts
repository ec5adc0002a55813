// @vitest-environment jsdom
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { go, openConversation, openTalk, route, showSide, sideShown, startRouter, underlay, up } from "./router.svelte";

const list = { name: "inbox", conversation: null, at: null } as const;
const talks = { name: "talks", talk: null, at: null } as const;
const here = () => window.location.pathname + window.location.search;

/** Does something that leads back in the history, and waits until that has happened. */
async function back(does: () => void) {
  const came = new Promise((resolve) => window.addEventListener("popstate", resolve, { once: true }));
  does();
  await came;
}

let stop: () => void;
beforeAll(() => {
  stop = startRouter();
});
afterAll(() => stop());
beforeEach(() => go(list));

test("back from a conversation is the entry that it was opened from, and not another one", async () => {
  openConversation("c1");
  const length = history.length;
  await back(() => up(list));
  expect(route()).toEqual(list);
  expect(history.length).toBe(length);
});

test("back leads to the board where the conversation was opened there", async () => {
  go({ name: "board", part: "now" });
  openConversation("c1");
  await back(() => up(list));
  expect(here()).toBe("/board");
});

test("back leads to the talk where a card in it was followed, and from that to the talks", async () => {
  go(talks);
  openTalk("t1");
  openConversation("c1");
  await back(() => up(list));
  expect(here()).toBe("/talks/t1");
  await back(() => up(talks));
  expect(here()).toBe("/talks");
});

test("back leads to the list where one conversation was opened from another", () => {
  openConversation("c1");
  openConversation("c2");
  up(list);
  expect(here()).toBe("/");
});

test("the side is an entry of its own, and leaving it is going back", async () => {
  openConversation("c1");
  showSide(true);
  showSide(true);
  expect(sideShown()).toBe(true);
  expect(here()).toBe("/c/c1");
  await back(() => showSide(false));
  expect([sideShown(), here()]).toEqual([false, "/c/c1"]);
  await back(() => history.back());
  expect(here()).toBe("/");
});

test("the browser's back leaves the side first", async () => {
  openConversation("c1");
  showSide(true);
  await back(() => history.back());
  expect([sideShown(), here()]).toEqual([false, "/c/c1"]);
});

test("who leaves the side for another place at once takes its entry along", async () => {
  openTalk("t1");
  showSide(true);
  const length = history.length;
  showSide(false);
  openTalk("t1", 7);
  expect([sideShown(), here(), history.length]).toEqual([false, "/talks/t1?at=7", length]);
  await back(() => history.back());
  expect([sideShown(), here()]).toEqual([false, "/talks/t1"]);
});

test("what was opened by itself has the list under it, once", async () => {
  history.replaceState(null, "", "/c/c9");
  openConversation("c9");
  // A window of its own begins with one entry; here others have gone before.
  const alone = { get: () => 1, configurable: true };
  history.replaceState(null, "", "/c/c9");
  Object.defineProperty(history, "length", alone);
  underlay();
  underlay();
  Reflect.deleteProperty(history, "length");
  expect(here()).toBe("/c/c9");
  await back(() => up(list));
  expect(here()).toBe("/");
});
