import type { RefusedLine } from "$kit/handover-api.ts";

/** refusedOf reads what is in the way; none where the refusal is another. */
export function refusedOf(data: unknown): RefusedLine[] {
  if (typeof data !== "object" || data === null || !("lines" in data) || !Array.isArray(data.lines)) return [];
  return data.lines.filter((l): l is RefusedLine => typeof l?.conversation === "string" && typeof l?.why === "string");
}
