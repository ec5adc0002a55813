/** When an answer is due, in the hours in which a group is open. Pure; the server has the last word. */
import type { Exception, Hours, Shift, Span } from "$kit/rules.ts";
import type { Micros } from "$kit/wire.ts";

const minute = 60_000;
const day = 24 * 60 * minute;
const names = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;
/** A group that does not open within so many days counts by the clock. */
const horizon = 740;

/** dueAfter is when a group has been open for so many minutes since a moment; without hours it always is. */
export function dueAfter(hours: Hours | undefined, from: Micros, minutes: number): Micros {
  let left = minutes * minute;
  const start = from / 1000;
  if (hours === undefined) return (start + left) * 1000;
  let reached = start;
  const first = civil(hours.zone, start) - day;
  for (let n = 0; n < horizon; n++) {
    for (const [begin, end] of openOn(hours, first + n * day)) {
      const since = Math.max(begin, reached);
      if (end <= since) continue;
      if (end - since >= left) return (since + left) * 1000;
      left -= end - since;
      reached = end;
    }
  }
  return (start + minutes * minute) * 1000;
}

/** openOn are the stretches that begin on a civil day, given as its midnight in UTC. */
function openOn(hours: Hours, date: number): [number, number][] {
  const tomorrow = ruling(hours, date + day) !== undefined;
  return spansOf(hours, date)
    .map((span): [number, number] => {
      const [from, to] = [minutesOf(span.from), minutesOf(span.to)];
      // An exception rules its whole day: what began the evening before ends at midnight.
      const end = to > from ? to : tomorrow ? 24 * 60 : to + 24 * 60;
      return [instant(hours.zone, date + from * minute), instant(hours.zone, date + end * minute)];
    })
    .sort((a, b) => a[0] - b[0]);
}

function spansOf(hours: Hours, date: number): readonly Span[] {
  const exception = ruling(hours, date);
  return exception === undefined ? weekly(hours.week, names[new Date(date).getUTCDay()] ?? "mon") : (exception.spans ?? []);
}

function weekly(week: readonly Shift[], name: string): readonly Span[] {
  return week.filter((shift) => shift.day === name);
}

/** ruling is the exception that covers a day, if any: "12-24" is of every year. */
function ruling(hours: Hours, date: number): Exception | undefined {
  const text = new Date(date).toISOString().slice(0, 10);
  return hours.exceptions?.find((e) => {
    const shown = e.from.length === 5 ? text.slice(5) : text;
    return shown >= e.from && shown <= (e.to || e.from);
  });
}

/** minutesOf are a clock's minutes since midnight. */
function minutesOf(clock: string): number {
  const [hour = 0, rest = 0] = clock.split(":").map(Number);
  return hour * 60 + rest;
}

/** instant is when the clocks of a zone show a wall time, given as if it were UTC. */
function instant(zone: string, wall: number): number {
  const near = wall - offset(zone, wall);
  return wall - offset(zone, near);
}

/** civil is the midnight, in UTC, of the day that a zone has at a moment. */
function civil(zone: string, at: number): number {
  const local = at + offset(zone, at);
  return local - (((local % day) + day) % day);
}

/** offset is how far the clocks of a zone are ahead of UTC. */
function offset(zone: string, at: number): number {
  const parts = Object.fromEntries(
    shows(zone)
      .formatToParts(at)
      .map((p) => [p.type, Number(p.value)]),
  );
  const { year = 0, month = 1, day: date = 1, hour = 0, minute: past = 0, second = 0 } = parts as Record<string, number>;
  return Date.UTC(year, month - 1, date, hour, past, second) - Math.floor(at / 1000) * 1000;
}

const known = new Map<string, Intl.DateTimeFormat>();

function shows(zone: string): Intl.DateTimeFormat {
  let format = known.get(zone);
  if (format === undefined) {
    const numeric = "numeric" as const;
    const fields = { year: numeric, month: numeric, day: numeric, hour: numeric, minute: numeric, second: numeric };
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      calendar: "iso8601",
      numberingSystem: "latn",
      hourCycle: "h23",
      ...fields,
    });
    known.set(zone, format);
  }
  return format;
}

/** OpenDays are days in a row that are open at the same times. */
export interface OpenDays {
  from: Shift["day"];
  to: Shift["day"];
  spans: readonly Span[];
}

const week = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

/** openDays joins the days of a week whose hours are the same; closed ones are left out. */
export function openDays(hours: Hours): OpenDays[] {
  const found: OpenDays[] = [];
  let last: { day: number; text: string } | undefined;
  week.forEach((name, i) => {
    const spans = weekly(hours.week, name).map(({ from, to }) => ({ from, to }));
    if (spans.length === 0) return;
    const text = JSON.stringify(spans);
    const before = found.at(-1);
    if (before && last?.day === i - 1 && last.text === text) found[found.length - 1] = { ...before, to: name };
    else found.push({ from: name, to: name, spans });
    last = { day: i, text };
  });
  return found;
}

/** localInput is a moment as a datetime-local field shows it, on this device's clock. */
export function localInput(at: Micros): string {
  const date = new Date(at / 1000);
  return new Date(date.getTime() - date.getTimezoneOffset() * minute).toISOString().slice(0, 16);
}

/** fromLocalInput is the moment that a datetime-local field shows; 0 where it shows none. */
export function fromLocalInput(text: string): Micros {
  const at = text === "" ? Number.NaN : new Date(text).getTime();
  return Number.isNaN(at) ? 0 : at * 1000;
}
