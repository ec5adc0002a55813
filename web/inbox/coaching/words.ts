/** The texts of coaching: a catalogue of its own, so that it is fetched only by who opens it. */
import { type Params, translator } from "$kit/i18n.ts";
import { isolated } from "$kit/isolate.ts";
import { language } from "../texts";
import de from "./messages/de.json";
import en from "./messages/en.json";

const catalogues: Record<string, Partial<typeof en>> = { en, de };
const speaker = translator<typeof en>(language(), catalogues[language()] ?? en, en);

export type CoachKey = keyof typeof en;

/** c is a text of coaching in the person's language. */
export function c(key: CoachKey, params?: Params): string {
  return speaker.t(key, params === undefined ? params : isolated(params));
}

/** durationText is a length of time in words: "90 seconds", "4 minutes". */
export function durationText(ms: number): string {
  const [unit, n] = ms >= 120_000 ? (["minute", ms / 60_000] as const) : (["second", ms / 1000] as const);
  return new Intl.NumberFormat(language(), { style: "unit", unit, unitDisplay: "long", maximumFractionDigits: 0 }).format(Math.round(n));
}
