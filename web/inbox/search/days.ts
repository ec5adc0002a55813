import type { Micros } from "$kit/wire.ts";

/** dayBegins is when a day of the reader's own calendar begins, so many days later; undefined where none is named. */
export function dayBegins(day: string, later = 0): Micros | undefined {
  const parts = /^(\d{4,6})-(\d\d)-(\d\d)$/.exec(day);
  if (parts === null) return undefined;
  const [year = 0, month = 0, date = 0] = parts.slice(1).map(Number);
  return new Date(year, month - 1, date + later).getTime() * 1000;
}
