/** Plural is a text in the forms that CLDR names for a language; {n} decides. */
export type Plural = { other: string } & Partial<Record<"zero" | "one" | "two" | "few" | "many", string>>;

/** Message is a text with {placeholders}, or its plural forms. */
export type Message = string | Plural;

/** Catalogue is every text of a front end in one language. */
export type Catalogue = Readonly<Record<string, Message>>;

export type Params = Readonly<Record<string, string | number>>;

/** Translator speaks one language. C is the catalogue whose keys it knows: usually `typeof en`. */
export interface Translator<C> {
  /** t is the text of a key. A plural key takes `n`. */
  t(key: keyof C & string, params?: Params): string;
  /** The BCP 47 tag, for Intl and the lang attribute. */
  language: string;
  direction: "ltr" | "rtl";
}

/**
 * translator makes a Translator over a catalogue in its language. A key that the
 * catalogue lacks falls back to the one given as `base`, so that nothing is ever
 * shown empty.
 */
export function translator<C extends Catalogue>(language: string, catalogue: Partial<Record<keyof C, Message>>, base: C): Translator<C> {
  const rules = pluralRules(language);
  const numbers = new Intl.NumberFormat(rules.resolvedOptions().locale);
  return {
    language,
    direction: directionOf(language),
    t: (key, params = {}) => {
      const message: Message | undefined = catalogue[key] ?? base[key];
      if (message === undefined) return key;
      return fill(typeof message === "string" ? message : formOf(message, rules, Number(params["n"] ?? 0)), params, numbers);
    },
  };
}

/** choose picks the best of the available languages for the wanted ones, in order; the first available is the fallback. */
export function choose(wanted: readonly string[], available: readonly string[]): string {
  for (const tag of wanted) {
    const lower = tag.toLowerCase();
    const found = available.find((a) => a.toLowerCase() === lower) ?? available.find((a) => baseOf(a) === baseOf(lower));
    if (found !== undefined) return found;
  }
  return available[0] ?? "en";
}

const rightToLeft: ReadonlySet<string> = new Set(["ar", "arc", "ckb", "dv", "fa", "he", "iw", "ks", "ps", "sd", "syr", "ug", "ur", "yi"]);

/** directionOf is the direction in which a language is written. */
export function directionOf(language: string): "ltr" | "rtl" {
  return rightToLeft.has(baseOf(language)) ? "rtl" : "ltr";
}

function baseOf(tag: string): string {
  return tag.toLowerCase().split(/[-_]/, 1)[0] ?? "";
}

function pluralRules(language: string): Intl.PluralRules {
  try {
    return new Intl.PluralRules(language);
  } catch {
    return new Intl.PluralRules("en");
  }
}

function formOf(message: Plural, rules: Intl.PluralRules, n: number): string {
  return message[rules.select(n)] ?? message.other;
}

function fill(text: string, params: Params, numbers: Intl.NumberFormat): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = Object.hasOwn(params, name) ? params[name] : undefined;
    if (value === undefined) return whole;
    return typeof value === "number" ? numbers.format(value) : value;
  });
}
