import { expect, test } from "vitest";
import { type StorageLike, wipeStorage } from "./wipe";

function storage(names: string[]): StorageLike & { names: string[] } {
  return {
    names,
    get length() {
      return names.length;
    },
    key: (index) => names[index] ?? null,
    removeItem: (name) => {
      names.splice(names.indexOf(name), 1);
    },
  };
}

test("everything of ours is forgotten, whoever it belonged to, and nothing of others", () => {
  const kept = storage(["earshot.draft.a_1.c_1.reply", "other", "earshot.draft.a_2.index", "earshot-x", "earshots"]);
  wipeStorage(() => kept);
  expect(kept.names).toEqual(["other", "earshots"]);
});

test("blocked storage is no failure", () => {
  const refuse = () => {
    throw new Error("SecurityError");
  };
  expect(() => wipeStorage(refuse)).not.toThrow();
});
