import { expect, test } from "vitest";
import type { Sentence } from "$kit/sentence.ts";
import de from "./messages/de.json";
import en from "./messages/en.json";
import { teller } from "./sentence";

const german = teller("de", de);
const english = teller("en", en);

const busy: Sentence = { code: "choice.load", names: { agent: "Ada", group: "Billing" }, numbers: { n: 3, load: 1.25, limit: 4 } };

test("a reason is told in the person's language", () => {
  const why = "Ada is the least busy of 3 free in Billing, with 1.25 of 4.";
  expect(german({ why, because: [busy] })).toEqual({ text: "Ada hat von 3 Freien in Billing am wenigsten zu tun: 1,25 von 4." });
  expect(english({ why, because: [busy] })).toEqual({ text: why });
});

test("several sentences are one reason", () => {
  const because: Sentence[] = [
    { code: "pass.to", names: { group: "Billing" } },
    { code: "pass.asked", names: { agent: "Ada" } },
    { code: "next.load.class", names: { agent: "Ada" }, numbers: { load: 1, limit: 4 }, words: { class: "class.last" } },
  ];
  expect(german({ why: "x", because }).text).toBe("Weitergegeben an Billing. Ada wird gefragt: Ada hat 1 von 4, Rang: zuletzt.");
});

test.each([
  [1, "Nach 1 Sekunde ist Pause."],
  [60, "Nach 1 Minute ist Pause."],
  [90, "Nach 90 Sekunden ist Pause."],
  [600, "Nach 10 Minuten ist Pause."],
  [7200, "Nach 2 Stunden ist Pause."],
  [0, "Nach 0 Minuten ist Pause."],
])("a span of %i seconds is told in its largest whole unit", (time, text) => {
  expect(german({ why: "x", because: [{ code: "share.break", seconds: { time } }] }).text).toBe(text);
});

test("names stand in a row as the language has it", () => {
  const because = [{ code: "rehearsal.there", lists: { agents: ["Ada (4 h 00 min)", "Ben (< 1 min)", "Cem (2 h 30 min)"] } }];
  const row = "Ada (4 h 00 min), Ben (< 1 min) und Cem (2 h 30 min)";
  expect(german({ why: "x", because }).text).toBe(
    `${row} zählen in den Stunden, in denen sie in diesen Tagen Chats annahmen, für welche Gruppe auch immer.`,
  );
});

test("one is one", () => {
  const waiting = (n: number) =>
    german({ why: "x", because: [{ code: "group.waiting", names: { group: "Vertrieb" }, numbers: { n } }] }).text;
  expect([waiting(1), waiting(2)]).toEqual(["1 Besucher wartet in Vertrieb.", "2 Besucher warten in Vertrieb."]);
});

test("what is older than codes, or newer than this page, is shown in English and marked as such", () => {
  const why = "Ada has 1 of 4.";
  const english = { text: why, lang: "en" };
  expect(german({ why })).toEqual(english);
  expect(german({ why, because: [] })).toEqual(english);
  expect(german({ why, because: [busy, { code: "from.the.future" }] })).toEqual(english);
  expect(german({ why, because: [{ code: "constructor" }] })).toEqual(english);
  expect(german({ why, because: [{ code: "next.turn.class", names: { agent: "Ada" }, words: { class: "class.new" } }] })).toEqual(english);
  expect(teller("de", null)({ why, because: [busy] })).toEqual(english);
  expect(teller("en", null)({ why })).toEqual({ text: why });
});

test("a name is not taken for a placeholder, and does not turn the sentence round", () => {
  const because = [{ code: "next.load", names: { agent: "{limit} מאיה" }, numbers: { load: 0, limit: 4 } }];
  expect(german({ why: "x", because }).text).toBe("\u2068{limit} מאיה\u2069 hat 0 von 4.");
});
