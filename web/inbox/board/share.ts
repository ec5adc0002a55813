/** How a week was shared, in words. Pure. */
import type { ShareLine, ShareWeek } from "$kit/routing-api.ts";

/** Drift is how far somebody's chats are from an even part. */
export type Drift = "more" | "even" | "less";

/** From which distance on it is worth a word: a fifth of an even part, and two chats at least. */
export function driftOf(line: ShareLine): Drift {
  const by = line.chats - line.mean;
  if (Math.abs(by) < 2 || Math.abs(by) < line.mean / 5) return "even";
  return by > 0 ? "more" : "less";
}

/** linesOf puts who had most on top. */
export function linesOf(week: ShareWeek): ShareLine[] {
  return [...week.agents].sort((a, b) => b.chats - a.chats || (a.agent < b.agent ? -1 : 1));
}

/** mostOf is the longest bar of a week. */
export function mostOf(week: ShareWeek): number {
  return week.agents.reduce((most, a) => Math.max(most, a.chats, a.mean), 1);
}
