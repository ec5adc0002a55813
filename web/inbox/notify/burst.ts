import type { Notice } from "./notice";

/** Burst tells the first notice at once and gathers what follows close behind, so that many visitors at once ring once more and not fifty times. */
export interface Burst {
  put(notice: Notice): void;
  /** drop takes back what is not worth telling any more and has not been told. */
  drop(over: (notice: Notice) => boolean): void;
  stop(): void;
}

export interface BurstEnv {
  setTimeout: (run: () => void, ms: number) => unknown;
  clearTimeout: (id: unknown) => void;
}

/** For so long after something was told the next is gathered, in milliseconds. */
export const burstMs = 2000;

const system: BurstEnv = {
  setTimeout: (run, ms) => setTimeout(run, ms),
  clearTimeout: (id) => clearTimeout(id as ReturnType<typeof setTimeout>),
};

/** burst makes a Burst; tell gets one notice, or several that came together. */
export function burst(tell: (notices: readonly Notice[]) => void, env: BurstEnv = system): Burst {
  let quiet = true;
  let gathered: Notice[] = [];
  let timer: unknown;
  const open = () => {
    const notices = gathered;
    gathered = [];
    quiet = notices.length === 0;
    if (quiet) return;
    tell(notices);
    timer = env.setTimeout(open, burstMs);
  };
  return {
    put: (notice) => {
      gathered.push(notice);
      if (quiet) open();
    },
    drop: (over) => {
      gathered = gathered.filter((notice) => !over(notice));
    },
    stop: () => {
      env.clearTimeout(timer);
      gathered = [];
    },
  };
}
