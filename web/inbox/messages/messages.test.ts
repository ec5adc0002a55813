import { expect, test } from "vitest";
import coachingDe from "../coaching/messages/de.json";
import coachingEn from "../coaching/messages/en.json";
import settingsDe from "../settings/messages/de.json";
import settingsEn from "../settings/messages/en.json";
import notifyDe from "../notify/messages/de.json";
import notifyEn from "../notify/messages/en.json";
import de from "./de.json";
import en from "./en.json";
import repliesDe from "../replies/messages/de.json";
import repliesEn from "../replies/messages/en.json";
import passingDe from "../passing/messages/de.json";
import passingEn from "../passing/messages/en.json";
import talksDe from "../talks/messages/de.json";
import talksEn from "../talks/messages/en.json";
import triageDe from "../triage/messages/de.json";
import triageEn from "../triage/messages/en.json";

type Message = string | Record<string, string>;

const holes = (message: Message) =>
  [...new Set((typeof message === "string" ? message : Object.values(message).join(" ")).match(/\{\w+\}/gu) ?? [])].sort();

const catalogues: [string, Record<string, Message>, Record<string, Message>][] = [
  ["inbox", en, de],
  ["settings", settingsEn, settingsDe],
  ["coaching", coachingEn, coachingDe],
  ["notify", notifyEn, notifyDe],
  ["replies", repliesEn, repliesDe],
  ["passing", passingEn, passingDe],
  ["triage", triageEn, triageDe],
  ["talks", talksEn, talksDe],
];

test.each(catalogues)("German says everything that English says: %s", (_, english, german) => {
  expect(Object.keys(german).sort()).toEqual(Object.keys(english).sort());
});

test.each(catalogues)("a translation fills the same places: %s", (_, english, german) => {
  for (const key of Object.keys(english)) expect(holes(german[key] ?? ""), key).toEqual(holes(english[key] ?? ""));
});
