import { expect, test } from "vitest";
import { choose, directionOf, type Message, translator } from "./i18n.ts";

/** Every catalogue of every front end, by path. en.json is the one whose keys count. */
const catalogues = import.meta.glob<Record<string, Message>>(["../**/messages/**/*.json", "!../node_modules/**"], {
  eager: true,
  import: "default",
});
const folders = [...new Set(Object.keys(catalogues).map((path) => path.slice(0, path.lastIndexOf("/"))))];

test("catalogues: each front end speaks English and at least one language more", () => {
  expect(folders.length).toBeGreaterThanOrEqual(2);
  for (const folder of folders) {
    const languages = Object.keys(catalogues).filter((path) => path.startsWith(`${folder}/`) && path.lastIndexOf("/") === folder.length);
    expect({ folder, languages: languages.map((path) => path.slice(folder.length + 1)) }).toEqual({
      folder,
      languages: expect.arrayContaining(["en.json", "de.json"]) as string[],
    });
  }
});

test.each(Object.keys(catalogues))("catalogue %s: no key is missing, too many, empty or without its placeholders", (path) => {
  const english = catalogues[`${path.slice(0, path.lastIndexOf("/"))}/en.json`] ?? {};
  const texts = catalogues[path] ?? {};
  expect(Object.keys(texts).sort()).toEqual(Object.keys(english).sort());
  for (const [key, message] of Object.entries(texts)) {
    expect({ key, places: placesOf(message) }).toEqual({ key, places: placesOf(english[key] ?? "") });
    for (const form of formsOf(message)) expect({ key, empty: form.trim() === "" }).toEqual({ key, empty: false });
  }
});

test.each(Object.keys(catalogues))("catalogue %s: a plural has every form that its language uses", (path) => {
  const language = path.slice(path.lastIndexOf("/") + 1, -5);
  const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
  for (const [key, message] of Object.entries(catalogues[path] ?? {})) {
    if (typeof message !== "string") expect({ key, forms: Object.keys(message).sort() }).toEqual({ key, forms: [...forms].sort() });
  }
});

function formsOf(message: Message): string[] {
  return typeof message === "string" ? [message] : Object.values(message);
}

/** placesOf names the placeholders that any form of a message has; {n} may be left out where a form says the number in words. */
function placesOf(message: Message): string[] {
  const names = formsOf(message).flatMap((form) => [...form.matchAll(/\{(\w+)\}/g)].map((m) => m[1] ?? ""));
  return [...new Set(names)].sort();
}

const en = { hello: "Hello {name}", files: { one: "one file", other: "{n} files" } };

test("t: fills what is given, keeps what is not, and takes nothing from prototypes", () => {
  const { t } = translator<typeof en>("en", en, en);
  expect(t("hello", { name: "{name} $& <b>" })).toBe("Hello {name} $& <b>");
  expect(t("hello")).toBe("Hello {name}");
  const odd = translator("en", { x: "{constructor} {toString}" }, { x: "" });
  expect(odd.t("x")).toBe("{constructor} {toString}");
});

test("t: counts as the language does, and falls back to the base where a text is missing", () => {
  const arabic = { files: { zero: "z", one: "o", two: "t", few: "f{n}", many: "m", other: "x" } };
  const { t } = translator<typeof en>("ar-u-nu-latn", arabic, en);
  expect([0, 1, 2, 5, 11, 100].map((n) => t("files", { n }))).toEqual(["z", "o", "t", "f5", "m", "x"]);
  expect(t("hello", { name: "A" })).toBe("Hello A");
  expect(translator<typeof en>("de", {}, en).t("files", { n: 1200 })).toBe("1.200 files");
});

test("a language tag that is nonsense still speaks", () => {
  expect(translator<typeof en>("not a tag!", en, en).t("files", { n: 2 })).toBe("2 files");
});

test("choose: exact before related, in the order of the wish, else the first", () => {
  expect(choose(["pt-BR", "de-AT"], ["en", "de"])).toBe("de");
  expect(choose(["fr"], ["en", "de"])).toBe("en");
  expect(choose(["de-CH"], ["en", "de", "de-CH"])).toBe("de-CH");
});

test("directionOf knows who writes from right to left", () => {
  expect(["ar", "he-IL", "fa", "de", "en", ""].map(directionOf)).toEqual(["rtl", "rtl", "rtl", "ltr", "ltr", "ltr"]);
});
