import { afterEach, expect, test, vi } from "vitest";
import type { JudgedDevice } from "$kit/reach-api.ts";
import { dropGhosts, stays } from "./ghosts";

afterEach(() => vi.unstubAllGlobals());

const device = (session: string, ...pages: string[]) => ({ session, pages: pages.map((page) => ({ page })) }) as unknown as JudgedDevice;

/** The locks of a browser, as far as they are held. */
function locks() {
  const held: { name: string }[] = [];
  return {
    query: async () => ({ held }),
    request: async (name: string, run: () => Promise<unknown>) => {
      const one = { name };
      held.push(one);
      await run();
      held.splice(held.indexOf(one), 1);
    },
  };
}

test("the word of a page that is gone is taken back, and nobody else's", async () => {
  vi.stubGlobal("navigator", { locks: locks() });
  const left: string[] = [];
  const sweep = () => dropGhosts([device("n_here", "one", "two"), device("n_phone", "three")], "n_here", async (page) => left.push(page));
  const off = new AbortController();
  const crash = new AbortController();
  await stays("one", off.signal);
  await stays("two", crash.signal);
  expect(await sweep()).toBe(false);
  expect(left).toEqual([]);
  crash.abort();
  await Promise.resolve();
  expect(await sweep()).toBe(true);
  expect(left).toEqual(["two"]);
});

test("where nobody can tell who is there, nothing is taken back", async () => {
  vi.stubGlobal("navigator", {});
  await stays("one", new AbortController().signal);
  expect(await dropGhosts([device("n_here", "two")], "n_here", () => Promise.reject(new Error("left")))).toBe(false);
});
