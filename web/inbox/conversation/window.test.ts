import fc from "fast-check";
import { expect, test } from "vitest";
import { above, around, atEnd, below, down, most, settle, type Span, step, up, within } from "./window.ts";

const lines = (n: number, from = 1) => Array.from({ length: n }, (_, i) => ({ seq: from + i * 2 }));
const numbersOf = (of: readonly { seq: number }[]) => of.map((line) => line.seq);
const standing = (of: readonly { seq: number }[], span: Span) => numbersOf(within(of, span));

test("the end of a long talk stands in the page, and goes on to the end", () => {
  const long = lines(10_000);
  const span = atEnd(numbersOf(long));
  expect(standing(long, span)).toEqual(numbersOf(long).slice(-(most - step)));
  expect(standing([...long, { seq: 99_999 }], span).at(-1)).toBe(99_999);
});

test("a short talk stands in the page whole", () => {
  for (const n of [0, 1, 5, most - step]) {
    const short = lines(n);
    const span = atEnd(numbersOf(short));
    expect(standing(short, span)).toEqual(numbersOf(short));
    expect([above(numbersOf(short), span), below(numbersOf(short), span)]).toEqual([false, false]);
  }
});

test("whoever goes up step by step sees each line, and the page never holds more than its most", () => {
  const long = lines(1_000);
  const numbers = numbersOf(long);
  const seen = new Set<number>();
  let span = atEnd(numbers);
  let steps = 0;
  for (; above(numbers, span); span = up(numbers, span), steps++) {
    const now = standing(long, span);
    expect(now.length).toBeLessThanOrEqual(most);
    for (const seq of now) seen.add(seq);
  }
  for (const seq of standing(long, span)) seen.add(seq);
  expect(seen.size).toBe(1_000);
  expect(steps).toBe(Math.ceil((1_000 - (most - step)) / step));
  expect(below(numbers, span)).toBe(true);
  for (; below(numbers, span); span = down(numbers, span)) expect(standing(long, span).length).toBeLessThanOrEqual(most);
  expect(standing(long, span).at(-1)).toBe(numbers.at(-1));
});

test("what is loaded above does not move the window", () => {
  const newer = lines(300, 2_001);
  const span = atEnd(numbersOf(newer));
  const all = [...lines(1_000), ...newer];
  expect(standing(all, span)).toEqual(standing(newer, span));
  expect(above(numbersOf(all), span)).toBe(true);
});

test("a line that was asked for stands in the middle, one that stands nowhere at the next one", () => {
  const long = lines(10_000);
  const now = standing(long, around(numbersOf(long), 5_000));
  expect(now).toContain(5_001);
  expect(Math.abs(now.indexOf(5_001) - now.length / 2)).toBeLessThan(2);
  expect(standing(long, around(numbersOf(long), 1))).toContain(1);
  expect(standing(long, around(numbersOf(long), 99_999)).at(-1)).toBe(numbersOf(long).at(-1));
});

test("who follows the end keeps the newest lines, who reads above it those that he reads", () => {
  const long = lines(1_000);
  const grown = { from: long.at(-(most + 1))?.seq ?? 0, to: Number.POSITIVE_INFINITY };
  expect(settle(numbersOf(long), grown, true)).toEqual(atEnd(numbersOf(long)));
  const held = standing(long, settle(numbersOf(long), grown, false));
  expect([held[0], held.length]).toEqual([grown.from, most]);
  const fits = atEnd(numbersOf(long));
  expect(settle(numbersOf(long), fits, false)).toBe(fits);
});

test("a window that nothing stands in any more begins at the end", () => {
  const left = lines(50, 5_001);
  expect(settle(numbersOf(left), { from: 1, to: 401 }, false)).toEqual(atEnd(numbersOf(left)));
  const empty = { from: 1, to: 401 };
  expect(settle([], empty, true)).toBe(empty);
});

test("property: whatever comes and wherever one goes, the window is one stretch without holes and within its bound", () => {
  const deed = fc.oneof(
    fc.record({ do: fc.constantFrom("up" as const, "down" as const, "end" as const) }),
    fc.record({ do: fc.constant("around" as const), at: fc.nat(5_000) }),
    fc.record({ do: fc.constant("older" as const), n: fc.integer({ min: 1, max: 300 }) }),
    fc.record({ do: fc.constant("newer" as const), n: fc.integer({ min: 1, max: 300 }) }),
  );
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 700 }), fc.boolean(), fc.array(deed, { maxLength: 40 }), (n, following, deeds) => {
      let all = lines(n, 20_001);
      let span = atEnd(numbersOf(all));
      for (const next of deeds) {
        const numbers = numbersOf(all);
        if (next.do === "up") span = up(numbers, span);
        else if (next.do === "down") span = down(numbers, span);
        else if (next.do === "around") span = around(numbers, 18_000 + next.at);
        else if (next.do === "older") all = [...lines(next.n, (numbers[0] ?? 20_001) - 2 * next.n), ...all];
        else if (next.do === "newer") all = [...all, ...lines(next.n, (numbers.at(-1) ?? 20_001) + 2)];
        else span = atEnd(numbers);
        span = settle(numbersOf(all), span, following && !below(numbersOf(all), span));
        const now = standing(all, span);
        expect(now.length).toBeLessThanOrEqual(most);
        expect(now.length > 0).toBe(all.length > 0);
        const first = numbersOf(all).indexOf(now[0] ?? 0);
        expect(now).toEqual(numbersOf(all).slice(first, first + now.length));
      }
    }),
  );
});
