/** How numbers, sizes, times and names are written in a language. */
import { clock } from "$kit/time.ts";

/** formatsOf are the inbox's formats in one language; the locale is its form that the person wants: "en-GB". */
export function formatsOf(language: string, locale: string) {
  const size = (unit: string, digits: number) => unitOf(language, unit, "short", digits);
  return {
    clock: clock(locale),
    regions: new Intl.DisplayNames([language], { type: "region", fallback: "code" }),
    languages: new Intl.DisplayNames([language], { type: "language", fallback: "code" }),
    kilobytes: size("kilobyte", 0),
    megabytes: size("megabyte", 1),
    gigabytes: size("gigabyte", 1),
    seconds: unitOf(language, "second", "narrow", 0),
    chats: new Intl.NumberFormat(language, { maximumFractionDigits: 2 }),
    stretch: [unitOf(language, "hour", "short", 0), unitOf(language, "minute", "short", 0)],
    moments: [{}, { weekday: "short" }, { day: "numeric", month: "short" }].map(
      (date) => new Intl.DateTimeFormat(locale, { ...date, hour: "numeric", minute: "2-digit" } as Intl.DateTimeFormatOptions),
    ),
  };
}

function unitOf(language: string, unit: string, unitDisplay: "short" | "narrow", maximumFractionDigits: number) {
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay, maximumFractionDigits });
}
