/** Dice is a seeded source of chance for tests: the same seed, the same story. */
export interface Dice {
  /** From 0 up to 1. */
  next(): number;
  /** An integer from 0 below n. */
  below(n: number): number;
  chance(part: number): boolean;
  pick<T>(items: readonly T[]): T;
}

/** dice makes Dice (mulberry32). */
export function dice(seed: number): Dice {
  let state = (seed * 2654435761) >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const below = (n: number) => Math.floor(next() * n);
  const pick = <T>(items: readonly T[]): T => {
    if (items.length === 0) throw new Error("dice: nothing to pick from");
    return items[below(items.length)] as T;
  };
  return { next, below, chance: (part) => next() < part, pick };
}
