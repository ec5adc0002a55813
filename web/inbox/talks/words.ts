/** The texts of the team's talks: a catalogue of its own, so that it is fetched only by who opens them. */
import { type Params, translator } from "$kit/i18n.ts";
import { isolated } from "$kit/isolate.ts";
import { language } from "../texts";
import de from "./messages/de.json";
import en from "./messages/en.json";

const catalogues: Record<string, Partial<typeof en>> = { en, de };
const speaker = translator<typeof en>(language(), catalogues[language()] ?? en, en);

/** s is a text of this screen in the person's language. */
export function s(key: keyof typeof en, params?: Params): string {
  return speaker.t(key, params === undefined ? params : isolated(params));
}
