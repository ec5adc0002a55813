import type { Micros } from "./wire.ts";

/** Calendar shows times of the server as this device's calendar has them. */
export interface Calendar {
  /** The server's time now, in microseconds. */
  now(): Micros;
  /** "14:05" */
  time(at: Micros): string;
  /** "Today", "Yesterday", "Monday", "3 March", "3 March 2024" */
  day(at: Micros): string;
  /** "3 March 2026, 14:05:10", for titles. */
  full(at: Micros): string;
  /** "2026-03-03T14:05:10.000Z", for <time datetime>. */
  iso(at: Micros): string;
  /** Whether two moments are on the same day here. */
  sameDay(a: Micros, b: Micros): boolean;
  /** adjust tells the server's time, as hello carries it, so that a wrong clock of this device does not matter. */
  adjust(serverNow: Micros): void;
}

/** Clock also tells how long ago something was, for lists: "now", "3 min", "2 h", "5 d". */
export interface Clock extends Calendar {
  ago(at: Micros): string;
}

/** micros turns milliseconds into the wire's unit. */
export function micros(ms: number): Micros {
  return Math.round(ms * 1000);
}

/** clock makes a Clock for a language; nowMs is this device's time in milliseconds. */
export function clock(language: string, nowMs: () => number = Date.now, zone?: string): Clock {
  const days = calendar(language, nowMs, zone);
  return { ...days, ago: (moment) => agoText(days.now() - moment, language) };
}

/** calendar makes a Calendar for a language. */
export function calendar(language: string, nowMs: () => number = Date.now, zone?: string): Calendar {
  let skewMs = 0;
  const at = (options: Intl.DateTimeFormatOptions) => formatter(language, zone === undefined ? options : { ...options, timeZone: zone });
  const short = at({ hour: "numeric", minute: "2-digit" });
  const weekday = at({ weekday: "long" });
  const date = at({ day: "numeric", month: "long" });
  const year = at({ day: "numeric", month: "long", year: "numeric" });
  const full = at({ dateStyle: "long", timeStyle: "medium" });
  const key = formatter("en-CA", { year: "numeric", month: "2-digit", day: "2-digit", ...(zone === undefined ? {} : { timeZone: zone }) });
  const relative = new Intl.RelativeTimeFormat(full.resolvedOptions().locale, { numeric: "auto" });
  const dayNumber = (moment: Micros) => Math.round(Date.parse(`${key.format(moment / 1000)}T00:00:00Z`) / 86_400_000);
  const now = () => micros(nowMs() + skewMs);
  return {
    now,
    time: (moment) => short.format(moment / 1000),
    day: (moment) => {
      const days = dayNumber(now()) - dayNumber(moment);
      if (days === 0 || days === 1) return capital(relative.format(-days, "day"), language);
      if (days > 1 && days < 7) return weekday.format(moment / 1000);
      return (key.format(moment / 1000).slice(0, 4) === key.format(now() / 1000).slice(0, 4) ? date : year).format(moment / 1000);
    },
    full: (moment) => full.format(moment / 1000),
    iso: (moment) => new Date(moment / 1000).toISOString(),
    sameDay: (a, b) => dayNumber(a) === dayNumber(b),
    adjust: (serverNow) => {
      skewMs = serverNow / 1000 - nowMs();
    },
  };
}

function formatter(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat(language, options);
  } catch {
    return new Intl.DateTimeFormat("en", options);
  }
}

function capital(text: string, language: string): string {
  return text.charAt(0).toLocaleUpperCase(language) + text.slice(1);
}

const units: readonly [unit: "minute" | "hour" | "day", seconds: number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

function agoText(elapsed: Micros, language: string): string {
  const seconds = Math.max(0, elapsed / 1e6);
  const [unit, size] = units.find(([, length]) => seconds >= length) ?? ["minute", 60];
  const options: Intl.NumberFormatOptions = { style: "unit", unit, unitDisplay: "narrow", maximumFractionDigits: 0 };
  return new Intl.NumberFormat(language, options).format(Math.floor(seconds / size));
}
