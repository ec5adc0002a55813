import { expect, test } from "vitest";
import { keptForm, keptKey, readKept } from "./kept";

function device() {
  const kept = new Map<string, string>();
  const storage = () => ({
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, text: string) => void kept.set(key, text),
    removeItem: (key: string) => void kept.delete(key),
  });
  return { kept, storage };
}

const key = keptKey("invite", "a_1", "c_1");

test("what was typed outlives its dialog, for this agent and this conversation alone", () => {
  const { kept, storage } = device();
  keptForm(storage, key, { note: "", role: "" }).keep({ note: "he knows VAT", role: "expert" });
  expect(keptForm(storage, key, { note: "", role: "" }).first).toEqual({ note: "he knows VAT", role: "expert" });
  expect(keptForm(storage, keptKey("invite", "a_1", "c_2"), { note: "" }).first).toEqual({ note: "" });
  expect(keptForm(storage, keptKey("invite", "a_2", "c_1"), { note: "" }).first).toEqual({ note: "" });
  // Signing out wipes what begins so.
  expect([...kept.keys()].every((name) => name.startsWith("earshot."))).toBe(true);
});

test("it is forgotten when the act is done, also by what is typed no more", () => {
  const { kept, storage } = device();
  const form = keptForm(storage, key, { note: "" });
  form.keep({ note: "once" });
  form.keep({ note: "" });
  expect(kept.size).toBe(0);
  form.keep({ note: "once" });
  form.forget();
  form.keep({ note: "once" });
  expect(kept.size).toBe(0);
});

test("what cannot be read, or is of another kind, is as if nothing was typed", () => {
  const { kept, storage } = device();
  const empty = { note: "", choices: {}, said: null as string | null };
  for (const text of ["{broken", "null", "7", '{"note":7,"choices":null,"said":[]}']) {
    kept.set(key, text);
    expect(keptForm(storage, key, empty).first).toEqual(empty);
  }
  keptForm(storage, key, empty).keep({ ...empty, said: "" });
  expect(keptForm(storage, key, empty).first.said).toBe("");
  const blocked = () => {
    throw new Error("SecurityError");
  };
  expect(readKept(blocked, key)).toBeNull();
  expect(() => keptForm(blocked, key, empty).keep({ note: "x", choices: {}, said: "" })).not.toThrow();
});
