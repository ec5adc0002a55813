/** The texts of passing on and of promises: a catalogue of its own, so that it is fetched only by who opens them. */
import { type Params, translator } from "$kit/i18n.ts";
import { isolated } from "$kit/isolate.ts";
import type { HeldPart } from "$kit/pass-api.ts";
import type { Hours, Shift } from "$kit/rules.ts";
import type { Micros } from "$kit/wire.ts";
import { language } from "../texts";
import { openDays } from "./due";
import de from "./messages/de.json";
import en from "./messages/en.json";

const catalogues: Record<string, Partial<typeof en>> = { en, de };
const speaker = translator<typeof en>(language(), catalogues[language()] ?? en, en);

export type WordKey = keyof typeof en;

/** w is a text of these screens in the person's language. */
export function w(key: WordKey, params?: Params): string {
  return speaker.t(key, params === undefined ? params : isolated(params));
}

// 2024-01-01 was a Monday.
const monday = Date.UTC(2024, 0, 1);
const week = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

function dayText(day: Shift["day"]): string {
  return new Intl.DateTimeFormat(language(), { weekday: "short", timeZone: "UTC" }).format(monday + week.indexOf(day) * 86_400_000);
}

/** hoursText is a week of opening hours in words: "Mon – Fri 09:00–17:00 (Europe/Berlin)". */
export function hoursText(hours: Hours): string {
  const days = openDays(hours).map(({ from, to, spans }) => {
    const name = from === to ? dayText(from) : `${dayText(from)} – ${dayText(to)}`;
    return `${name} ${spans.map((s) => `${s.from}–${s.to}`).join(", ")}`;
  });
  return `${days.join("; ") || "–"} (${hours.zone})`;
}

const listing = new Intl.ListFormat(language(), { type: "conjunction" });

/** deviatedText is in what a chat is held otherwise than its group has decided: "another way and another time". */
export function deviatedText(parts: readonly HeldPart[]): string {
  return listing.format(parts.map((part) => w(`deviated.${part}`)));
}

const relative = new Intl.RelativeTimeFormat(language(), { numeric: "auto" });
const units = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

/** relativeText is how far a moment is: "in 3 hours", "2 days ago". */
export function relativeText(at: Micros, now: Micros): string {
  const seconds = (at - now) / 1e6;
  const [unit, size] = units.find(([, length]) => Math.abs(seconds) >= length - 30) ?? ["minute", 60];
  return relative.format(Math.round(seconds / size), unit);
}

/** lengthText is a length of time in its largest unit: "3 hours". */
export function lengthText(length: Micros): string {
  const [unit, size] = units.find(([, s]) => length / 1e6 >= s) ?? ["minute", 60];
  const n = Math.max(1, Math.floor(length / 1e6 / size));
  return new Intl.NumberFormat(language(), { style: "unit", unit, unitDisplay: "long" }).format(n);
}
