/** Which language the inbox speaks, and its texts: English is at hand, another language is fetched where it is read. */
import { type Message, choose } from "$kit/i18n.ts";
import en from "./messages/en.json";

export type Texts = Partial<Record<keyof typeof en, Message>>;
type Loader = () => Promise<{ default: Texts }>;

/** The languages besides English. */
const others: Readonly<Record<string, Loader>> = { de: () => import("./messages/de.json") };

/** spoken is the first wanted language that there is, with its texts; English where they cannot be had. */
export async function spoken(wanted: readonly string[], loaders = others): Promise<{ language: string; texts: Texts }> {
  const language = choose(wanted, ["en", ...Object.keys(loaders)]);
  const load = loaders[language];
  if (load === undefined) return { language: "en", texts: en };
  try {
    return { language, texts: (await load()).default };
  } catch {
    return { language: "en", texts: en }; // The line broke: better English than nothing.
  }
}
