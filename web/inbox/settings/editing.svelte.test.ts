// @vitest-environment jsdom
import { expect, test } from "vitest";
import { ApiError } from "$kit/api.ts";
import { createDraft } from "./draft.svelte";
import { createEditing } from "./editing.svelte";

test("discarding takes back the draft, what is typed wrong, and what the server said", () => {
  const draft = createDraft({ n: 1 });
  const editing = createEditing(draft);
  draft.set({ n: 2 });
  editing.mistype("limit", true);
  editing.failure = new ApiError("conflict", "Somebody was faster.");
  expect(editing.mistyped).toBe(true);
  editing.discard();
  expect(draft.value).toEqual({ n: 1 });
  expect(editing.mistyped).toBe(false);
  expect(editing.failure).toBe(null);
  expect(editing.discarded).toBe(1);
});

test("a field is typed wrong until it is right, and another one stays wrong", () => {
  const editing = createEditing(createDraft(0));
  editing.mistype("a", true);
  editing.mistype("b", true);
  editing.mistype("a", false);
  expect(editing.mistyped).toBe(true);
  editing.mistype("b", false);
  expect(editing.mistyped).toBe(false);
});
