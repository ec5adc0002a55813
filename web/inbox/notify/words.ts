/** The texts about reaching a device: a catalogue of its own, for the service worker has nothing else of the inbox. */
import { type Params, choose, translator } from "$kit/i18n.ts";
import { isolated } from "$kit/isolate.ts";
import de from "./messages/de.json";
import en from "./messages/en.json";

const catalogues: Record<string, Partial<typeof en>> = { en, de };
const chosen = choose(navigator.languages, Object.keys(catalogues));
const speaker = translator<typeof en>(chosen, catalogues[chosen] ?? en, en);

export type AlertKey = keyof typeof en;

/** a is a text about reaching a device in the person's language. */
export function a(key: AlertKey, params?: Params): string {
  return speaker.t(key, params === undefined ? params : isolated(params));
}

/** known narrows a name to the key of a text, where there is one. */
export function known(key: string): key is AlertKey {
  return Object.hasOwn(en, key);
}
