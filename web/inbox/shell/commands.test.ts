import { expect, test } from "vitest";
import { type Command, matching } from "./commands";

const command = (label: string, detail = ""): Command => ({ id: label, group: "actions", label, detail, run: () => undefined });
const labels = (query: string, ...all: Command[]) => matching(all, query).map((c) => c.label);

test("every word of the query begins a word of the command", () => {
  expect(labels("my conv", command("My conversations"), command("All conversations"))).toEqual(["My conversations"]);
  expect(labels("onv", command("My conversations"))).toEqual([]);
});

test("letters are found without their marks and in either case", () => {
  expect(labels("zoe", command("Zoë"))).toEqual(["Zoë"]);
  expect(labels("ÉLAN", command("élan vital"))).toEqual(["élan vital"]);
});

test("what begins with the query comes first, and an empty query keeps the order", () => {
  expect(labels("team", command("Note to the team"), command("Team"))).toEqual(["Team", "Note to the team"]);
  expect(labels("", command("b"), command("a"))).toEqual(["b", "a"]);
});
