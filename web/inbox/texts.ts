/** The texts of the inbox in the person's language. Every string on a screen comes from here. */
import { type Params, translator } from "$kit/i18n.ts";
import type { Agent, Role, Status } from "$kit/wire.ts";
import { placesTaken } from "./parts/load.ts";
import { spoken } from "./catalogue";
import { formatsOf } from "./formats";
import en from "./messages/en.json";
import { isolated } from "$kit/isolate.ts";

export type TextKey = keyof typeof en;

let speaker = translator<typeof en>("en", en, en);
let formats = formatsOf("en", localeOf("en"));

/** times shows moments the way the person's calendar has them, on the server's clock. */
export let times = formats.clock;

/** loadTexts fetches the person's language; it is awaited before any screen is drawn, so that none changes its language under the eyes. */
export async function loadTexts(): Promise<void> {
  const { language, texts } = await spoken(navigator.languages);
  if (language === speaker.language) return;
  speaker = translator<typeof en>(language, texts, en);
  formats = formatsOf(language, localeOf(language));
  times = formats.clock;
}

function localeOf(language: string): string {
  return navigator.languages.find((l) => l.startsWith(language)) ?? language;
}

/** t is a text in the person's language. */
export function t(key: TextKey, params?: Params): string {
  return speaker.t(key, params === undefined ? params : isolated(params));
}

/** language is the tag of the language that is shown. */
export function language(): string {
  return speaker.language;
}

/** markDocument tells the browser and screen readers the language and its direction. */
export function markDocument(): void {
  document.documentElement.lang = speaker.language;
  document.documentElement.dir = speaker.direction;
}

/** roleName is a role in words. */
export function roleName(role: Role): string {
  return t(`role.${role}`);
}

/** statusName is one's own status in words. */
export function statusName(status: Status): string {
  return t(`status.${status}`);
}

/** statusOf is a colleague's status in words. */
export function statusOf(status: Status): string {
  return t(`status.of.${status}`);
}

/** statusText is a status with its reason and its end: "Away: lunch, until 14:30"; in the words about a colleague where no others are given. */
export function statusText(agent: Pick<Agent, "status" | "reason" | "until">, time: (at: number) => string, words = statusOf): string {
  const until = agent.until ? t("status.until", { when: time(agent.until) }) : "";
  const more = [agent.reason ?? "", until].filter((part) => part !== "").join(", ");
  return more === "" ? words(agent.status) : `${words(agent.status)}: ${more}`;
}

/** VisitorForm is how a visitor without a name is spoken of: one of them or this one, and in which case where a language has cases. */
export type VisitorForm = "a" | "a.acc" | "a.dat" | "the" | "the.acc" | "the.dat";

/** visitorText is a visitor in a sentence: by his name, else "a visitor". */
export function visitorText(name: string | undefined, form: VisitorForm): string {
  return name || t(`visitor.${form}`);
}

/** countryName is a country's name; a code that is none stands for itself. */
export function countryName(code: string): string {
  return named(formats.regions, code);
}

/** languageName is a language's name; a tag that is none stands for itself. */
export function languageName(tag: string): string {
  return named(formats.languages, tag);
}

function named(names: Intl.DisplayNames, code: string): string {
  try {
    return names.of(code) ?? code;
  } catch {
    return code;
  }
}

/** sizeText is the size of a file, or of a disk, for a person. */
export function sizeText(size: number): string {
  if (size >= 1_000_000_000) return formats.gigabytes.format(size / 1_000_000_000);
  return size < 1_000_000 ? formats.kilobytes.format(Math.max(1, Math.round(size / 1000))) : formats.megabytes.format(size / 1_000_000);
}

/** lasted is how long something goes on: "42s", "3m"; moments in microseconds. */
export function lasted(since: number, now: number): string {
  return now - since < 60_000_000 ? formats.seconds.format(Math.max(0, Math.floor((now - since) / 1e6))) : times.ago(since);
}

/** spanText is a length of time in milliseconds, its two greatest parts: "12 sec", "5 min", "2 hr 5 min". */
export function spanText(ms: number, language: string = speaker.language): string {
  const part = (n: number, unit: string) =>
    new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "short" }).format(Math.floor(n));
  if (ms < 60_000) return part(ms / 1000, "second");
  const hours = Math.floor(ms / 3_600_000);
  const minutes = part((ms - hours * 3_600_000) / 60_000, "minute");
  return hours === 0 ? minutes : `${part(hours, "hour")} ${minutes}`;
}

/** minutesText is a length of time in words: "30 minutes", "2 hours". */
export function minutesText(minutes: number): string {
  const [unit, n] = minutes >= 60 && minutes % 60 === 0 ? ["hour", minutes / 60] : ["minute", minutes];
  return new Intl.NumberFormat(speaker.language, { style: "unit", unit: String(unit), unitDisplay: "long" }).format(Number(n));
}

/** agoText is how long ago something was, for lists: "now", "3m". */
export function agoText(at: number, now: number): string {
  return now - at < 60_000_000 ? t("now") : times.ago(at);
}

/** loadText is what somebody has beside what he may have, both in hundredths, as whole places. */
export function loadText(load: number, limit: number): { load: string; limit: string } {
  return { load: formats.chats.format(placesTaken(load, limit)), limit: formats.chats.format(limit / 100) };
}

/** stretchText is a long time in hours and minutes: "3 hr 28 min". */
export function stretchText(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  const parts = [Math.floor(minutes / 60), minutes % 60].map((n, i) =>
    n > 0 || (i === 1 && minutes === 0) ? formats.stretch[i]?.format(n) : "",
  );
  return parts.filter((part) => part !== "").join(" ");
}

/** whenText is a moment near to now: "12:00" of today, "Thu 12:00" within a week, else "3 Mar, 12:00". */
export function whenText(at: number, now: number): string {
  const near = times.sameDay(at, now) ? 0 : Math.abs(at - now) < 6 * 86_400_000_000 ? 1 : 2;
  return formats.moments[near]?.format(at / 1000) ?? "";
}

/** momentText is a moment that is past: its day as lists name it, and the time. */
export function momentText(at: number): string {
  return `${times.day(at)}, ${times.time(at)}`;
}

/** clockText is a short time that runs down: "0:24". */
export function clockText(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
