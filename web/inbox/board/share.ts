/** How a week was shared, in words. Pure. */
import type { ShareLine, ShareWeek } from "$kit/routing-api.ts";

/** Drift is how somebody's part of the chats stands to the fair one. */
export type Drift = "more" | "even" | "less";

/** driftOf judges a line: from a fifth of the fair part on, and two chats at least, a distance is worth a word. */
export function driftOf(line: ShareLine, week: ShareWeek): Drift {
  const by = line.share - line.mean;
  const all = line.share > 0 ? line.chats / line.share : week.agents.reduce((sum, a) => sum + a.chats, 0);
  if (Math.abs(by) * all < 2 || Math.abs(by) < line.mean / 5) return "even";
  return by > 0 ? "more" : "less";
}

/** linesOf puts who had most on top. */
export function linesOf(week: ShareWeek): ShareLine[] {
  return [...week.agents].sort((a, b) => b.chats - a.chats || (a.agent < b.agent ? -1 : 1));
}

/** mostOf is the longest bar of a week. */
export function mostOf(week: ShareWeek): number {
  return week.agents.reduce((most, a) => Math.max(most, a.share, a.mean), 0.01);
}
