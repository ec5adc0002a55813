/** What stands at a colleague's name, in words: his badge, and that he does not want to be disturbed. */
import { badgeOf, undisturbedUntil } from "$kit/badge.ts";
import type { Agent, Micros } from "$kit/wire.ts";
import { t, whenText } from "../texts";

type Marked = Pick<Agent, "badge" | "undisturbed">;

/** badgeText is a badge in words: "🥪 Lunch, until 13:00"; "" = there is none. */
export function badgeText(agent: Marked, now: Micros): string {
  const badge = badgeOf(agent, now);
  if (badge === undefined) return "";
  const said = [badge.emoji, badge.text].filter(Boolean).join(" ");
  return badge.until ? `${said}, ${t("status.until", { when: whenText(badge.until, now) })}` : said;
}

/** undisturbedText says until when somebody does not want to be disturbed; "" = he may be. */
export function undisturbedText(agent: Marked, now: Micros): string {
  const until = undisturbedUntil(agent, now);
  return until === 0 ? "" : t("dnd.until", { when: whenText(until, now) });
}

/** marksText is all that stands at a name, for where there is one line alone. */
export function marksText(agent: Marked | undefined, now: Micros): string {
  if (agent === undefined) return "";
  return [badgeText(agent, now), undisturbedText(agent, now)].filter((part) => part !== "").join(" · ");
}

const minute = 60_000_000;

/** Until is a choice of when something ends: after minutes, at the end of the day, at a time, or not by itself. */
export type Until = number | "today" | "time" | "open";

/** endOf is the end of a choice in microseconds: 0 = open, null = no time. The time "14:30" is the next one. */
export function endOf(choice: Until, time: string, now: Micros, midnight: (now: Micros) => Micros = startOfDay): Micros | null {
  if (choice === "open") return 0;
  if (choice === "today") return nextDay(midnight(now));
  if (choice !== "time") return now + choice * minute;
  const parts = /^(\d{1,2}):(\d{2})/.exec(time);
  if (parts === null) return null;
  const at = midnight(now) + (Number(parts[1]) * 60 + Number(parts[2])) * minute;
  return at > now ? at : at + 24 * 60 * minute;
}

function startOfDay(now: Micros): Micros {
  return new Date(now / 1000).setHours(0, 0, 0, 0) * 1000;
}

/** Through the calendar: a day of the change to summer time has 23 hours. */
function nextDay(day: Micros): Micros {
  const date = new Date(day / 1000);
  return date.setDate(date.getDate() + 1) * 1000;
}
