import { limits } from "$kit/wire.ts";

/** Typing tells the team that somebody writes: at once, again every 5 s while it goes on, and when it stops. */
export interface Typing {
  /** touch is a key press; some says whether there is text. */
  touch(some: boolean): void;
  stop(): void;
}

/** typingSignal makes Typing; now is a clock in milliseconds. */
export function typingSignal(send: (on: boolean) => void, now: () => number = Date.now): Typing {
  let told = 0;
  const stop = () => {
    if (told === 0) return;
    told = 0;
    send(false);
  };
  return {
    touch: (some) => {
      if (!some) return stop();
      if (told !== 0 && now() - told < limits.signalEveryMs) return;
      told = now();
      send(true);
    },
    stop,
  };
}
