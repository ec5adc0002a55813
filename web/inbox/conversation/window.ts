/**
 * Of a long timeline only a stretch stands in the page: a window over its lines,
 * named by their numbers, so that what is loaded above or comes below does not
 * move it. Pure.
 */

/** Span is the stretch that stands in the page: from one number to another, both included. What reaches to the end has an endless `to`. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** whole is the window over everything. */
export const whole: Span = { from: 0, to: Number.POSITIVE_INFINITY };

/** So many lines stand in the page at most. */
export const most = 200;
/** So many come, and as many go, at a time. */
export const step = 60;

/** atEnd is the window over the newest lines. */
export function atEnd(numbers: readonly number[]): Span {
  return { from: numbers[Math.max(0, numbers.length - most + step)] ?? 0, to: Number.POSITIVE_INFINITY };
}

/** around is the window with a line, or the nearest one after it, in its middle. */
export function around(numbers: readonly number[], number: number): Span {
  const half = Math.floor((most - step) / 2);
  return between(numbers, indexOf(numbers, number) - half, indexOf(numbers, number) + half);
}

/** above is whether lines that are loaded stand before the window; below, after it. */
export const above = (numbers: readonly number[], span: Span): boolean => indexOf(numbers, span.from) > 0;
export const below = (numbers: readonly number[], span: Span): boolean => span.to < (numbers.at(-1) ?? 0);

/** up is the window one step further up; what is too many goes below. */
export function up(numbers: readonly number[], span: Span): Span {
  const first = Math.max(0, indexOf(numbers, span.from) - step);
  return between(numbers, first, Math.min(lastOf(numbers, span), first + most - 1));
}

/** down is the window one step further down; what is too many goes above. */
export function down(numbers: readonly number[], span: Span): Span {
  const last = Math.min(numbers.length - 1, lastOf(numbers, span) + step);
  return between(numbers, Math.max(indexOf(numbers, span.from), last - most + 1), last);
}

/**
 * settle keeps a window within its bound when lines have come. Who follows the
 * end loses the oldest ones, who reads above it those that came below. A window
 * in which nothing stands any more begins at the end. It is the same one where
 * nothing is to be done.
 */
export function settle(numbers: readonly number[], span: Span, following: boolean): Span {
  const first = indexOf(numbers, span.from);
  const last = lastOf(numbers, span);
  if (last < first && numbers.length > 0) return atEnd(numbers);
  if (last - first < most) return span;
  return following ? atEnd(numbers) : between(numbers, first, first + most - 1);
}

/** joined is a window over everything that stands in either of two, for while nothing may go. */
export function joined(a: Span, b: Span): Span {
  return { from: Math.min(a.from, b.from), to: Math.max(a.to, b.to) };
}

/** within are the lines of a window. */
export function within<T extends { seq: number }>(lines: readonly T[], span: Span): readonly T[] {
  return lines.filter((line) => line.seq >= span.from && line.seq <= span.to);
}

function between(numbers: readonly number[], first: number, last: number): Span {
  const end = numbers.length - 1;
  return { from: numbers[Math.max(0, first)] ?? 0, to: last >= end ? Number.POSITIVE_INFINITY : (numbers[last] ?? 0) };
}

/** indexOf is where a number stands, or the next one after it. */
function indexOf(numbers: readonly number[], number: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const mid = (low + high) >> 1;
    if ((numbers[mid] ?? 0) < number) low = mid + 1;
    else high = mid;
  }
  return low;
}

/** lastOf is where the last line of a window stands. */
function lastOf(numbers: readonly number[], span: Span): number {
  return span.to === Number.POSITIVE_INFINITY ? numbers.length - 1 : indexOf(numbers, span.to + 1) - 1;
}
