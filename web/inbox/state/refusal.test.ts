// @vitest-environment jsdom
import { expect, test } from "vitest";
import { refusalWords } from "./refusal";

test("in English the server's own sentence is the most exact", () => {
  expect(refusalWords({ kind: "denied", message: "You may not change Ada." }, "en")).toBe("You may not change Ada.");
});

test("in another language a kind that says all stands for itself", () => {
  expect(refusalWords({ kind: "denied", message: "You may not change Ada." }, "de")).not.toContain("Ada");
  expect(refusalWords({ kind: "missing", message: "There is no such conversation." }, "de")).not.toContain("There");
});

test("what only the server knows is not kept back", () => {
  expect(refusalWords({ kind: "invalid", message: "The name is too long." }, "de")).toContain("The name is too long.");
});
