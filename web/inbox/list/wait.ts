/** From when a visitor's wait stands out, in microseconds: bold first, then in the accent colour. */
export const boldAfter = 60_000_000;
export const accentAfter = 180_000_000;

export type Urgency = "calm" | "bold" | "accent";

/** urgencyOf judges how long an unanswered visitor has waited. */
export function urgencyOf(since: number, now: number): Urgency {
  const waited = now - since;
  if (waited >= accentAfter) return "accent";
  return waited >= boldAfter ? "bold" : "calm";
}
