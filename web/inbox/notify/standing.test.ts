// @vitest-environment jsdom
import { expect, test } from "vitest";
import { empty } from "$kit/reducer.ts";
import type { Down } from "$kit/wire.ts";
import type { Notice } from "./notice";
import type { Own } from "./own";
import { standing } from "./standing";

const notice = (conversation: string, seq: number): Notice => ({
  tag: `${conversation}:${seq}`,
  kind: "mention",
  conversation,
  seq,
  name: "Ben",
  text: "look",
});
const read = (conversation: string) =>
  ({
    type: "event",
    cursor: "",
    event: { conversation: "agent:me", kind: "read", actor: { kind: "agent", id: "me" }, body: { conversation, seq: 9 } },
  }) as unknown as Down;

/** A page, whose device is pushed to or not, and what stands on its screen; while it is put there something may happen. */
function page(pushed: boolean, meanwhile: () => void = () => undefined) {
  const screen = new Map<string, Own>();
  const all = standing("me", {
    show: async (own) => {
      meanwhile();
      screen.set(own.tag, own);
    },
    close: async (tag) => void screen.delete(tag),
    pushed: async () => pushed,
  });
  return { all, tags: () => [...screen.keys()], titles: () => [...screen.values()].map(({ title }) => title) };
}

test("where the device is pushed to, several at once stand each in the place of its push", async () => {
  const { all, tags } = page(true);
  await all.show([notice("c_1", 3), notice("c_2", 5)]);
  expect(tags()).toEqual(["mention:c_1", "mention:c_2"]);
  all.heard(read("c_2"), empty());
  expect(tags()).toEqual(["mention:c_1"]);
});

test("elsewhere several at once are one, which goes with the last of them", async () => {
  const { all, tags, titles } = page(false);
  await all.show([notice("c_1", 3), notice("c_2", 5)]);
  expect(titles()).toEqual(["2 new messages and visitors"]);
  all.heard(read("c_1"), empty());
  expect(tags()).toEqual(["many"]);
  all.heard(read("c_2"), empty());
  expect(tags()).toEqual([]);
});

test("what is over before it is shown does not stand", async () => {
  const { all, tags } = page(false);
  const two = all.show([notice("c_1", 3), notice("c_2", 5)]);
  all.heard(read("c_1"), empty());
  await two;
  expect(tags()).toEqual(["mention:c_2"]);
  const one = all.show([notice("c_3", 7)]);
  all.heard(read("c_3"), empty());
  await one;
  expect(tags()).toEqual(["mention:c_2"]);
});

test("what is over while the browser puts it up does not stand", async () => {
  const { all, tags } = page(true, () => all.heard(read("c_1"), empty()));
  await all.show([notice("c_1", 3)]);
  expect(tags()).toEqual([]);
});
