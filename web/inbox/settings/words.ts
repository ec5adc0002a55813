/** The texts of the settings about groups and routing: a catalogue of its own, so that it is fetched only by who opens them. */
import { type Params, translator } from "$kit/i18n.ts";
import { isolated } from "$kit/isolate.ts";
import { language } from "../texts";
import de from "./messages/de.json";
import en from "./messages/en.json";

const catalogues: Record<string, Partial<typeof en>> = { en, de };
const speaker = translator<typeof en>(language(), catalogues[language()] ?? en, en);

export type WordKey = keyof typeof en;

/** w is a text of these settings in the person's language. */
export function w(key: WordKey, params?: Params): string {
  return speaker.t(key, params === undefined ? params : isolated(params));
}

/** around is a text as what stands before and behind its {n}, for an input in the middle of a sentence. */
export function around(key: WordKey): { before: string; after: string } {
  const [before = "", after = ""] = speaker.t(key).split("{n}");
  return { before: before.trim(), after: after.trim() };
}

const units = { second: 1, minute: 60, hour: 3600 } as const;

/** spanText is a length of time in words: "90 seconds", "10 minutes". */
export function spanText(seconds: number): string {
  const unit = seconds >= 3600 && seconds % 3600 === 0 ? "hour" : seconds >= 120 && seconds % 60 === 0 ? "minute" : "second";
  return new Intl.NumberFormat(language(), { style: "unit", unit, unitDisplay: "long", maximumFractionDigits: 0 }).format(
    Math.round(seconds / units[unit]),
  );
}

/** clockText is a wait as minutes and seconds: "1:10". */
export function clockText(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** percentText is a share: "42 %". */
export function percentText(share: number): string {
  return new Intl.NumberFormat(language(), { style: "percent", maximumFractionDigits: 0 }).format(share);
}
