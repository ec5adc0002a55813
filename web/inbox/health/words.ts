/** The texts about whether alerts arrive: a catalogue of its own, so that it is fetched only where it is shown. */
import { type Params, translator } from "$kit/i18n.ts";
import { isolated } from "$kit/isolate.ts";
import { language } from "../texts";
import de from "./messages/de.json";
import en from "./messages/en.json";

const catalogues: Record<string, Partial<typeof en>> = { en, de };
const speaker = translator<typeof en>(language(), catalogues[language()] ?? en, en);

export type HealthKey = keyof typeof en;

/** h is a text about alert health in the person's language. */
export function h(key: HealthKey, params?: Params): string {
  return speaker.t(key, params === undefined ? params : isolated(params));
}

/** known narrows the code of a reason to the key of its short text, where there is one. */
export function known(key: string): key is HealthKey {
  return Object.hasOwn(en, key);
}
