/** Refresh loads something again whenever it may have changed, and never too often. */
export interface Refresh {
  /** poke says that it may have changed. */
  poke(): void;
  stop(): void;
}

export interface RefreshEnv {
  now: () => number;
  setTimeout: (run: () => void, ms: number) => unknown;
  clearTimeout: (id: unknown) => void;
}

/** The environment of a page. */
export const pageEnv: RefreshEnv = {
  now: () => performance.now(),
  setTimeout: (run, ms) => setTimeout(run, ms),
  clearTimeout: (id) => clearTimeout(id as ReturnType<typeof setTimeout>),
};

/** How long changes are gathered, how far apart two loads begin at least, and after how long one comes anyway; in milliseconds. */
export const refreshMs = { gather: 500, apart: 1000, anyway: 10_000 } as const;

/** refresh loads at once, again after each poke, and after so many milliseconds anyway; a load that still runs is waited for. */
export function refresh(load: () => Promise<void>, env: RefreshEnv = pageEnv, anyway: number = refreshMs.anyway): Refresh {
  let timer: unknown;
  let due = Number.POSITIVE_INFINITY;
  let begun = 0;
  let running = false;
  let stopped = false;

  function wait(ms: number): void {
    const at = env.now() + ms;
    if (stopped || at >= due) return;
    env.clearTimeout(timer);
    due = at;
    timer = env.setTimeout(() => void run(), ms);
  }

  async function run(): Promise<void> {
    due = Number.POSITIVE_INFINITY;
    begun = env.now();
    running = true;
    let again = false;
    poked = () => {
      again = true;
    };
    await load();
    running = false;
    poked = undefined;
    wait(again ? soon() : anyway);
  }

  let poked: (() => void) | undefined;
  const soon = () => Math.max(refreshMs.gather, begun + refreshMs.apart - env.now());
  void run();
  return {
    poke: () => (running ? poked?.() : wait(soon())),
    stop: () => {
      stopped = true;
      env.clearTimeout(timer);
    },
  };
}
