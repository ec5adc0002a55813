/** Days, clocks and zones in the person's language. */
import type { Day } from "$kit/rules.ts";
import { language } from "../../texts";
import { days } from "./hours";

// 2024-01-01 was a Monday.
const monday = Date.UTC(2024, 0, 1);

/** dayName is a day of the week: "Monday". */
export function dayName(day: Day): string {
  return new Intl.DateTimeFormat(language(), { weekday: "long", timeZone: "UTC" }).format(monday + days.indexOf(day) * 86_400_000);
}

/** dayAfter is the next day of the week. */
export function dayAfter(day: Day): Day {
  return days[(days.indexOf(day) + 1) % 7] ?? "mon";
}

/** zoneNames are the zones that this browser knows, and the one that is set. */
export function zoneNames(set: string): string[] {
  return [...new Set(["UTC", ...Intl.supportedValuesOf("timeZone"), ...(set === "" ? [] : [set])])].sort();
}

/** ownZone is where this browser is. */
export function ownZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
}

/** timeIn is what the clock on the wall of a zone shows, with the day; "" for a zone that this browser does not know. */
export function timeIn(zone: string, at: number): string {
  try {
    return new Intl.DateTimeFormat(language(), { weekday: "short", hour: "2-digit", minute: "2-digit", timeZone: zone }).format(at / 1000);
  } catch {
    return "";
  }
}

/** openingText is when a Group opens: "Mon 09:00", with the date where that is more than six days away. */
export function openingText(at: number, now: number, zone: string): string {
  const far = at - now > 6 * 86_400_000_000;
  const options: Intl.DateTimeFormatOptions = { weekday: "short", hour: "2-digit", minute: "2-digit", timeZoneName: "short" };
  if (far) Object.assign(options, { day: "numeric", month: "short" });
  try {
    return new Intl.DateTimeFormat(language(), { ...options, timeZone: zone }).format(at / 1000);
  } catch {
    return new Intl.DateTimeFormat(language(), options).format(at / 1000);
  }
}

/** weekText is a length in hours and minutes: "37 h 30 min". */
export function weekText(minutes: number): string {
  const part = (value: number, unit: "hour" | "minute") =>
    new Intl.NumberFormat(language(), { style: "unit", unit, unitDisplay: "short" }).format(value);
  const rest = minutes % 60;
  return [part(Math.floor(minutes / 60), "hour"), rest > 0 ? part(rest, "minute") : ""].filter((text) => text !== "").join(" ");
}
