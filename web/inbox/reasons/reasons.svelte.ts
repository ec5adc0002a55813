/** What the server says of its own accord, in the person's language: a catalogue of its own, fetched beside the page. */
import type { Catalogue } from "$kit/i18n.ts";
import type { Sentence, Why } from "$kit/sentence.ts";
import { language } from "../texts";
import { type Teller, type Told, teller } from "./sentence";

const catalogues: Readonly<Record<string, () => Promise<{ default: Catalogue }>>> = {
  en: () => import("./messages/en.json"),
  de: () => import("./messages/de.json"),
};

let tell = $state.raw<Teller>(teller(language(), null));

/** loadReasons fetches the catalogue. Until it is there reasons are shown as the server wrote them. */
export async function loadReasons(): Promise<void> {
  tell = teller(language(), null);
  const found = await catalogues[language()]?.();
  if (found) tell = teller(language(), found.default);
}

/** told is a reason as the person reads it. */
export function told(why: Why): Told {
  return tell(why);
}

/** reasonText is a reason where only its text has a place. */
export function reasonText(why: string, because?: readonly Sentence[]): string {
  return tell({ why, ...(because ? { because } : {}) }).text;
}
