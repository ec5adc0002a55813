import { expect, test } from "vitest";
import de from "./de.json";
import en from "./en.json";

type Message = string | Record<string, string>;

const holes = (message: Message) =>
  [...new Set((typeof message === "string" ? message : Object.values(message).join(" ")).match(/\{\w+\}/gu) ?? [])].sort();

test("German says everything that English says", () => {
  expect(Object.keys(de).sort()).toEqual(Object.keys(en).sort());
});

test("a translation fills the same places", () => {
  const english: Record<string, Message> = en;
  const german: Record<string, Message> = de;
  for (const key of Object.keys(english)) expect(holes(german[key] ?? ""), key).toEqual(holes(english[key] ?? ""));
});
