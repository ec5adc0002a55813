/** One ticking clock for every waiting time on the screen, on the server's time. */
import { times } from "../texts";

let micros = $state(times.now());

/** now is the server's time in microseconds since 1970; reading it follows the ticks, one a second. */
export function now(): number {
  return micros;
}

/** setServerTime corrects the clock by a time that the server has just told. */
export function setServerTime(server: number): void {
  times.adjust(server);
  micros = times.now();
}

/** startClock ticks until it is stopped. */
export function startClock(onTick: (now: number) => void = () => undefined): () => void {
  const timer = setInterval(() => {
    micros = times.now();
    onTick(micros);
  }, 1000);
  return () => clearInterval(timer);
}
