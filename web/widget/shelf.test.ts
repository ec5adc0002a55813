import { expect, test } from "vitest";
import { shelfStore } from "$kit/outbox-store.ts";
import type { Outgoing } from "$kit/outbox.ts";
import { subOf } from "./identity.ts";
import { shelfFor } from "./shelf.ts";

/** page is a host page's shelf, whose names have to look as the loader wants them. */
function page() {
  const kept = new Map<string, string>();
  return {
    kept,
    all: async () => Object.fromEntries(kept),
    put: async (name: string, text: string | null) => {
      expect(name).toMatch(/^[a-z]+(\.[\w-]+)?$/);
      if (text === null) kept.delete(name);
      else kept.set(name, text);
    },
  };
}

test("shelf: what one visitor keeps no other one finds, whatever they are called", async () => {
  const below = page();
  const subs = [undefined, "a", "A", "a-b", "a.b", "as.61-", "ä", "a b", "61"];
  for (const [i, sub] of subs.entries()) {
    const shelf = shelfFor(below, () => sub);
    await shelf.put("draft", `draft ${i}`);
    await shelf.put("out.0197-a_b", `message ${i}`);
  }
  for (const [i, sub] of subs.entries()) {
    const all = await shelfFor(below, () => sub).all();
    expect(all).toEqual({ draft: `draft ${i}`, "out.0197-a_b": `message ${i}` });
  }
});

test("shelf: an outbox on it finds its own messages alone", async () => {
  const below = page();
  const box = (sub?: string) => shelfStore(shelfFor(below, () => sub));
  const item = (key: string): Outgoing => ({
    key,
    conversation: "",
    voice: "reply",
    text: key,
    files: [],
    at: 1,
    typingMs: 0,
    seen: 0,
    state: "waiting",
    unknown: false,
  });
  await box("mia").put(item("k-1"));
  await box("eve").put(item("k-2"));
  expect((await box("mia").load()).map((i) => i.key)).toEqual(["k-1"]);
  expect(await box().load()).toEqual([]);
  await box("mia").remove("k-1");
  expect(await box("mia").load()).toEqual([]);
  expect((await box("eve").load()).map((i) => i.key)).toEqual(["k-2"]);
});

test("identity: whom a JWT names is read, letter for letter, and a broken one names nobody", () => {
  const token = (claims: unknown) => {
    const bytes = new TextEncoder().encode(JSON.stringify(claims));
    const part = btoa(String.fromCharCode(...bytes))
      .replaceAll("+", "-")
      .replaceAll("/", "_")
      .replaceAll("=", "");
    return `e30.${part}.x`;
  };
  expect(["42", "Zoë ", "??>>"].map((sub) => subOf(token({ sub })))).toEqual(["42", "Zoë ", "??>>"]);
  for (const bad of ["", "a", "..", "a.b.c", token({}), token({ sub: 42 }), token({ sub: "" }), token(null)])
    expect(subOf(bad)).toBeUndefined();
});
