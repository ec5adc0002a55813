import { expect, test } from "vitest";
import de from "./de.json";
import en from "./en.json";
import deEnd from "./end/de.json";
import enEnd from "./end/en.json";
import deLauncher from "./launcher/de.json";
import enLauncher from "./launcher/en.json";
import deReception from "./reception/de.json";
import enReception from "./reception/en.json";

type Message = string | Record<string, string>;
type Catalogue = Record<string, Message>;

const holes = (message: Message = "") =>
  [...new Set((typeof message === "string" ? message : Object.values(message).join(" ")).match(/\{\w+\}/gu) ?? [])].sort();

test.each<[string, Catalogue, Catalogue]>([
  ["the frame", en, de],
  ["the end", enEnd, deEnd],
  ["the launcher", enLauncher, deLauncher],
  ["the reception", enReception, deReception],
])("German says everything that English says, with the same places to fill: %s", (_, english, german) => {
  expect(Object.keys(german).sort()).toEqual(Object.keys(english).sort());
  for (const key of Object.keys(english)) expect(holes(german[key]), key).toEqual(holes(english[key]));
});
