/** How late the timers of a page come while nobody looks at it: browsers slow hidden pages down, and some put them to sleep. Pure. */

/** So often a page measures, in milliseconds. */
export const tickMs = 20_000;

/** So many ticks are remembered: one that came late once and is awake since is no sleeper. */
const ticks = 6;

export interface Lateness {
  /** tick notes that a timer came, due at a time; both by a clock that does not stop. */
  tick(due: number, now: number, hidden: boolean): void;
  /** woke forgets what was: somebody looks at the page. */
  woke(): void;
  /** most is the worst of the last ticks, in milliseconds. */
  most(): number;
}

/** lateness measures. */
export function lateness(): Lateness {
  let last: number[] = [];
  return {
    tick: (due, now, hidden) => {
      last = [...last, hidden ? Math.max(0, Math.round(now - due)) : 0].slice(-ticks);
    },
    woke: () => {
      last = [];
    },
    most: () => Math.max(0, ...last),
  };
}
