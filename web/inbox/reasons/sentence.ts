/** Puts what the server says of its own accord into a language. Pure. */
import { type Catalogue, type Params, translator } from "$kit/i18n.ts";
import { isolated } from "$kit/isolate.ts";
import type { Sentence, Why } from "$kit/sentence.ts";

/** Told is a reason as it is shown; lang where that is not the person's language. */
export interface Told {
  text: string;
  lang?: "en";
}

/** Teller says reasons in one language. */
export type Teller = (why: Why) => Told;

/**
 * teller says reasons in a language, by its catalogue. One that has no sentences,
 * or a sentence that the catalogue does not know, is shown as the server wrote it:
 * in English.
 */
export function teller(language: string, catalogue: Catalogue | null): Teller {
  const english = language === "en" ? {} : { lang: "en" as const };
  if (catalogue === null) return ({ why }) => ({ text: why, ...english });
  const speaker = translator(language, catalogue, catalogue);
  const knows = (code: string) => Object.hasOwn(catalogue, code);
  const list = new Intl.ListFormat(language);
  const params = (s: Sentence): Params => ({
    ...isolated(s.names ?? {}),
    ...s.numbers,
    ...changed(s.seconds, (seconds) => spanText(seconds, language)),
    ...changed(s.lists, (names) => list.format(names ?? [])),
    ...changed(s.words, (word) => speaker.t(word)),
  });
  return ({ why, because = [] }) => {
    const known = because.length > 0 && because.every((s) => knows(s.code) && Object.values(s.words ?? {}).every(knows));
    if (!known) return { text: why, ...english };
    return { text: because.map((s) => speaker.t(s.code, params(s))).join(" ") };
  };
}

function changed<T, U>(all: Readonly<Record<string, T>> | undefined, change: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(all ?? {}).map(([name, value]) => [name, change(value)]));
}

/** spanText is a span in the largest unit of which it is a whole number: "90 seconds", "10 minutes", "2 hours". */
function spanText(seconds: number, language: string): string {
  const [unit, n] =
    seconds > 0 && seconds % 3600 === 0 ? ["hour", seconds / 3600] : seconds % 60 === 0 ? ["minute", seconds / 60] : ["second", seconds];
  return new Intl.NumberFormat(language, { style: "unit", unit: String(unit), unitDisplay: "long" }).format(Number(n));
}
