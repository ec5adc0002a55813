import { limits } from "./wire.ts";

/** What docs/protocol.md states: how many characters are shown, and how often, in milliseconds. */
const most = 1_000;
const every = 1_000;

/** The clock and the timers of showTyped, for tests. */
export interface TypedEnv {
  now: () => number;
  every: (run: () => void, ms: number) => () => void;
}

const browser: TypedEnv = {
  now: () => Date.now(),
  every: (run, ms) => {
    const timer = setInterval(run, ms);
    return () => clearInterval(timer);
  },
};

/** A text that nobody has touched for so long is not shown any more, in milliseconds. */
const stale = 120_000;

/**
 * showTyped shows a text while it is typed: what changed, at most once a second; again every 5 s while it stands; and
 * once, as "", that it is over. The function that it answers ends it.
 */
export function showTyped(read: () => string, send: (text: string) => void, env = browser): () => void {
  let last = "";
  let changed = env.now();
  let told = "";
  let at = 0;
  const look = () => {
    const now = env.now();
    const whole = read();
    if (whole !== last) changed = now;
    last = whole;
    const text = whole.trim() === "" || now - changed >= stale ? "" : [...whole].slice(-most).join("");
    if (text === told && (text === "" || now - at < limits.signalEveryMs)) return;
    told = text;
    at = now;
    send(text);
  };
  look();
  const stop = env.every(look, every);
  return () => {
    stop();
    if (told !== "") send("");
    told = "";
  };
}
