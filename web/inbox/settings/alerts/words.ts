/** The texts of the settings about alerts: a catalogue of its own, so that it is fetched only by who opens them. */
import { type Params, translator } from "$kit/i18n.ts";
import { isolated } from "$kit/isolate.ts";
import { language } from "../../texts";
import de from "./messages/de.json";
import en from "./messages/en.json";

const catalogues: Record<string, Partial<typeof en>> = { en, de };
const speaker = translator<typeof en>(language(), catalogues[language()] ?? en, en);

export type AlertWord = keyof typeof en;

/** aw is a text of these settings in the person's language. */
export function aw(key: AlertWord, params?: Params): string {
  return speaker.t(key, params === undefined ? params : isolated(params));
}

/** isAlertWord narrows a name to the key of a text, where there is one. */
export function isAlertWord(key: string): key is AlertWord {
  return Object.hasOwn(en, key);
}

/** wordOf is the text of a name that the server chose, else the name itself. */
export function wordOf(key: string, otherwise: string): string {
  return isAlertWord(key) ? aw(key) : otherwise;
}
