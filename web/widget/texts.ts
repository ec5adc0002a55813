import { choose, type Message, type Translator, translator } from "$kit/i18n.ts";
import en from "./messages/en.json";

export type Texts = typeof en;
export type T = Translator<Texts>["t"];

type Loader = () => Promise<{ default: Partial<Record<keyof Texts, Message>> }>;

/** The languages besides English, each loaded only where it is spoken. */
const others: Readonly<Record<string, Loader>> = { de: () => import("./messages/de.json") };

/** speak answers the translator for the first wanted language that there is. */
export async function speak(wanted: readonly string[]): Promise<Translator<Texts>> {
  const language = choose(
    wanted.filter((tag) => tag !== ""),
    ["en", ...Object.keys(others)],
  );
  const load = others[language];
  if (load === undefined) return translator<Texts>("en", en, en);
  try {
    return translator<Texts>(language, (await load()).default, en);
  } catch {
    return translator<Texts>("en", en, en); // The line broke: better English than nothing.
  }
}
