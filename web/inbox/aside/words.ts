/** The texts of side-talks: a catalogue of its own. */
import { type Params, type Translator, translator } from "$kit/i18n.ts";
import { isolated } from "$kit/isolate.ts";
import { language } from "../texts";
import de from "./messages/de.json";
import en from "./messages/en.json";

const catalogues: Record<string, Partial<typeof en>> = { en, de };

// Made when it is first asked for: this catalogue is at hand before it is known which language can be had.
let made: { speaker: Translator<typeof en>; listing: Intl.ListFormat } | undefined;

function spoken() {
  made ??= {
    speaker: translator<typeof en>(language(), catalogues[language()] ?? en, en),
    listing: new Intl.ListFormat(language(), { type: "conjunction" }),
  };
  return made;
}

/** a is a text of side-talks in the person's language. */
export function a(key: keyof typeof en, params?: Params): string {
  return spoken().speaker.t(key, params === undefined ? params : isolated(params));
}

/** namesText is several names as they stand in a sentence. */
export function namesText(names: readonly string[]): string {
  return spoken().listing.format(names);
}
