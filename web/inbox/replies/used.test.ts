import { expect, test } from "vitest";
import { blanksIn, keepPut, loadPut, usedIn } from "./used";

const hi = { id: "y_1", text: "Hi {{visitor.email}}\n", blanks: ["visitor.email"] };
const bye = { id: "y_2", text: "Bye", blanks: [] };

test("a reply whose words do not stand there any more was edited", () => {
  expect(usedIn("Hi {{visitor.email}} and Bye", [hi, bye])).toEqual([{ id: "y_1" }, { id: "y_2" }]);
  expect(usedIn("Hi you and Bye", [hi, bye])).toEqual([{ id: "y_1", edited: true }, { id: "y_2" }]);
  expect(usedIn("Hi you", [hi, hi])).toEqual([{ id: "y_1", edited: true }]);
});

test("a place is blank until somebody fills it in", () => {
  expect(blanksIn("Hi {{visitor.email}}", [hi, bye])).toEqual(["{{visitor.email}}"]);
  expect(blanksIn("Hi you", [hi])).toEqual([]);
  expect(blanksIn("{{visitor.email}}", [])).toEqual([]);
});

test("what was put in outlives a reload, for each voice", () => {
  const map = new Map<string, string>();
  const storage = () => ({
    getItem: (k: string) => map.get(k) ?? null,
    setItem: (k: string, v: string) => void map.set(k, v),
    removeItem: (k: string) => void map.delete(k),
  });
  keepPut(storage, "a_1", "c_1", "reply", [hi]);
  expect(loadPut(storage, "a_1", "c_1", "reply")).toEqual([hi]);
  expect(loadPut(storage, "a_1", "c_1", "note")).toEqual([]);
  map.set("earshot.replies.a_1.c_1.reply", '[{"id":7}]');
  expect(loadPut(storage, "a_1", "c_1", "reply")).toEqual([]);
  keepPut(storage, "a_1", "c_1", "reply", []);
  expect(map.size).toBe(0);
});
