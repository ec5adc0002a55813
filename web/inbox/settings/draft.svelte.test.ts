// @vitest-environment jsdom
import { expect, test } from "vitest";
import { createDraft, draftOf, forgetDraft, unsaved } from "./draft.svelte";

test("what a colleague saves is followed until something is changed here", () => {
  const draft = createDraft({ n: 1 });
  draft.heard({ n: 2 });
  expect(draft.value).toEqual({ n: 2 });
  expect(draft.changed).toBe(false);
  draft.set({ n: 3 });
  expect(draft.heard({ n: 4 })).toBe(true);
  expect(draft.heard({ n: 4 })).toBe(false);
  expect(draft.value).toEqual({ n: 3 });
  expect(draft.overtaken).toBe(true);
  draft.discard();
  expect(draft.value).toEqual({ n: 4 });
  expect(draft.changed).toBe(false);
});

test("hearing the own save again is no overtaking", () => {
  const draft = createDraft({ n: 1 });
  draft.set({ n: 2 });
  draft.stored({ n: 2 });
  draft.heard({ n: 2 });
  expect(draft.changed).toBe(false);
  expect(draft.overtaken).toBe(false);
});

test("a draft is found again by its name, with what is not saved", () => {
  draftOf("group:g_1", { n: 1 }).set({ n: 2 });
  expect(unsaved()).toBe(true);
  expect(draftOf("group:g_1", { n: 1 }).value).toEqual({ n: 2 });
  forgetDraft("group:g_1");
  expect(unsaved()).toBe(false);
  expect(draftOf("group:g_1", { n: 1 }).value).toEqual({ n: 1 });
});
