/** Numbers as people type them. Pure. */

export type Unit = "second" | "minute" | "hour";

export const secondsIn: Readonly<Record<Unit, number>> = { second: 1, minute: 60, hour: 3600 };

/** unitOf is the unit in which a span is easiest to read. */
export function unitOf(seconds: number): Unit {
  if (seconds >= 3600 && seconds % 3600 === 0) return "hour";
  return seconds >= 120 && seconds % 60 === 0 ? "minute" : "second";
}

/** wholeOf reads a whole number; undefined for an empty text, null for what is none or out of bounds. */
export function wholeOf(text: string, min: number, max: number): number | undefined | null {
  const trimmed = text.trim();
  if (trimmed === "") return undefined;
  const value = Number(trimmed);
  return /^[+-]?\d+$/u.test(trimmed) && value >= min && value <= max ? value : null;
}
