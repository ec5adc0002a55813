/** Editing a week of opening hours. Pure: every function answers a new value. */
import type { Day, Exception, Hours, Shift, Span } from "$kit/rules.ts";

export const days: readonly Day[] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
export const weekdays: readonly Day[] = days.slice(0, 5);

const wholeDay = 24 * 60;

/** officeHours are what a Group begins with that stops being always open. */
export function officeHours(zone: string): Hours {
  return { zone, week: weekdays.map((day) => ({ day, from: "09:00", to: "17:00" })) };
}

/** minutes are a clock's minutes since midnight; NaN for what is no clock. */
export function minutes(clock: string): number {
  const found = /^(\d{1,2}):(\d{2})$/u.exec(clock);
  if (!found) return Number.NaN;
  const [hour, minute] = [Number(found[1]), Number(found[2])];
  return minute > 59 || hour * 60 + minute > wholeDay ? Number.NaN : hour * 60 + minute;
}

/** endShown is an end as a time input shows it: it knows no 24:00. */
export function endShown(to: string): string {
  return to === "24:00" ? "00:00" : to;
}

/** endTyped is an end as it is kept: midnight ends the day on which the span began. */
export function endTyped(to: string): string {
  return to === "00:00" ? "24:00" : to;
}

/** overnight reports whether a span ends on the next day. */
export function overnight(span: Span): boolean {
  return minutes(span.to) <= minutes(span.from);
}

/** lengthOf is how many minutes a span lasts. */
export function lengthOf(span: Span): number {
  const length = minutes(span.to) - minutes(span.from);
  return length > 0 ? length : length + wholeDay;
}

/** spanProblem says what is wrong with a span. */
export function spanProblem(span: Span): "missing" | "same" | null {
  const [from, to] = [minutes(span.from), minutes(span.to)];
  if (Number.isNaN(from) || Number.isNaN(to) || from === wholeDay) return "missing";
  return from === to ? "same" : null;
}

/** spansOf are the spans of a day, in the order in which they were added. */
export function spansOf(week: readonly Shift[], day: Day): Span[] {
  return week.filter((shift) => shift.day === day).map(({ from, to }) => ({ from, to }));
}

/** setDay replaces the spans of a day; days stay in the order of the week. */
export function setDay(week: readonly Shift[], day: Day, spans: readonly Span[]): Shift[] {
  return days.flatMap((name) => (name === day ? spans : spansOf(week, name)).map(({ from, to }) => ({ day: name, from, to })));
}

/** nextSpan is what adding a span to a day proposes: the afternoon behind a morning, else an hour later than the last. */
export function nextSpan(spans: readonly Span[]): Span {
  const last = spans.at(-1);
  if (last === undefined) return { from: "09:00", to: "17:00" };
  const end = overnight(last) ? Number.NaN : minutes(last.to);
  if (Number.isNaN(end) || end + 60 >= wholeDay) return { from: "00:00", to: "06:00" };
  return { from: clock(end + 60), to: clock(Math.min(wholeDay, Math.max(end + 120, 17 * 60))) };
}

function clock(at: number): string {
  return `${String(Math.floor(at / 60)).padStart(2, "0")}:${String(at % 60).padStart(2, "0")}`;
}

/** copyDay gives other days the spans of one. */
export function copyDay(week: readonly Shift[], from: Day, to: readonly Day[]): Shift[] {
  const spans = spansOf(week, from);
  return to.filter((day) => day !== from).reduce((all, day) => setDay(all, day, spans), [...week]);
}

/** weekMinutes is how long the week is open, hours that overlap counted once. */
export function weekMinutes(week: readonly Shift[]): number {
  let total = 0;
  let reached = 0;
  for (const [from, to] of [...stretches(week)].sort((a, b) => a[0] - b[0])) {
    total += Math.max(0, to - Math.max(from, reached));
    reached = Math.max(reached, to);
  }
  return total;
}

/** clashes are the days on which a span begins before another has ended. */
export function clashes(week: readonly Shift[]): Day[] {
  const all = [...stretches(week)].sort((a, b) => a[0] - b[0]);
  const found = new Set<Day>();
  all.forEach(([from], i) => {
    if (all.slice(0, i).some(([, to]) => to > from)) found.add(dayAt(from));
  });
  const first = all[0];
  const spill = Math.max(0, ...all.map(([, to]) => to - 7 * wholeDay));
  if (first && first[0] < spill) found.add(dayAt(first[0]));
  return days.filter((day) => found.has(day));
}

function dayAt(minute: number): Day {
  return days[Math.floor(minute / wholeDay)] ?? "mon";
}

/** Minutes of the week; one that begins on Sunday may reach behind its end. */
function* stretches(week: readonly Shift[]): Generator<[number, number]> {
  for (const shift of week) {
    if (spanProblem(shift) !== null) continue;
    const from = days.indexOf(shift.day) * wholeDay + minutes(shift.from);
    yield [from, from + lengthOf(shift)];
  }
}

/** yearly reports whether an exception is for every year. */
export function yearly(e: Exception): boolean {
  return e.from.length === "12-24".length;
}

/** setYearly makes an exception one of every year, or one of the year given. */
export function setYearly(e: Exception, every: boolean, year: number): Exception {
  if (every === yearly(e)) return e;
  const turn = (day: string) => (every ? day.slice("2026-".length) : `${year}-${day}`);
  return { ...e, from: turn(e.from), ...(e.to ? { to: turn(e.to) } : {}) };
}

/** exceptionProblem says what is wrong with an exception. */
export function exceptionProblem(e: Exception): "day" | "order" | "year-end" | "span" | null {
  const last = e.to || e.from;
  if (!isDay(e.from) || !isDay(last) || e.from.length !== last.length) return "day";
  if (last < e.from) return yearly(e) ? "year-end" : "order";
  return (e.spans ?? []).some((span) => spanProblem(span) !== null) ? "span" : null;
}

function isDay(day: string): boolean {
  const whole = day.length === "12-24".length ? `2000-${day}` : day;
  if (!/^\d{4}-\d{2}-\d{2}$/u.test(whole)) return false;
  const at = new Date(`${whole}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(whole);
}

/** hoursProblem reports whether anything in the hours would be refused. */
export function hoursProblem(hours: Hours | undefined): boolean {
  if (hours === undefined) return false;
  return hours.week.some((shift) => spanProblem(shift) !== null) || (hours.exceptions ?? []).some((e) => exceptionProblem(e) !== null);
}
