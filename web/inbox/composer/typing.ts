import { limits } from "$kit/wire.ts";

/** Typist measures how long somebody typed and tells colleagues and the visitor that he does. */
export interface Typist {
  /** press is called at each change of the text. */
  press(empty: boolean): void;
  /** stop tells that nobody types any more. */
  stop(): void;
  /** take answers the milliseconds typed since the last time, pauses left out. */
  take(): number;
}

/** A longer break is a pause, not typing, in milliseconds. */
const pause = 4000;

/** typist makes a Typist; now is in milliseconds. */
export function typist(tell: (on: boolean) => void, now: () => number = Date.now): Typist {
  let typed = 0;
  let last = 0;
  let told = 0;
  const stop = () => {
    if (told > 0) tell(false);
    told = 0;
  };
  return {
    press: (empty) => {
      const at = now();
      if (last > 0 && at - last < pause) typed += at - last;
      last = at;
      if (empty) return stop();
      if (at - told < limits.signalEveryMs) return;
      told = at;
      tell(true);
    },
    stop,
    take: () => {
      const ms = typed;
      typed = 0;
      last = 0;
      return ms;
    },
  };
}
