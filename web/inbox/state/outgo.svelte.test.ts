// @vitest-environment jsdom
import { flushSync } from "svelte";
import { expect, test, vi } from "vitest";
import { empty } from "$kit/reducer.ts";
import type { Draft } from "$kit/wire.ts";
import type { Inbox } from "./inbox.svelte";
import { createOutgo } from "./outgo.svelte";

/** An inbox of which only what drafts follow is real. */
function inbox() {
  let ready = $state(false);
  let state = $state.raw(empty());
  const fake = {
    get ready() {
      return ready;
    },
    get state() {
      return state;
    },
  };
  const snapshot = (drafts: Draft[]) => {
    state = { ...empty(), drafts };
    ready = true;
    flushSync();
  };
  return { fake: fake as unknown as Inbox, snapshot };
}

function keep(text: string, version: number) {
  localStorage.setItem("earshot.draft.a_1.c_1.reply", JSON.stringify({ text, version, dirty: false }));
  localStorage.setItem("earshot.draft.a_1.index", JSON.stringify(["c_1.reply"]));
}

test("a draft outlives a reload: before the first snapshot nothing is known about the server", () => {
  vi.stubGlobal("fetch", () => Promise.reject(new Error("offline")));
  keep("typed before the reload", 2);
  const { fake, snapshot } = inbox();
  const out = createOutgo("a_1", fake);
  flushSync();
  expect(out.drafts.get("c_1", "reply")).toBe("typed before the reload");
  snapshot([{ conversation: "c_1", voice: "reply", text: "typed before the reload", version: 2 }]);
  expect(out.drafts.get("c_1", "reply")).toBe("typed before the reload");
  snapshot([]);
  expect(out.drafts.get("c_1", "reply")).toBe("");
  out.stop();
});
