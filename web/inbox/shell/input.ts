/** How far apart two words about input are at least, in milliseconds. */
export const inputEveryMs = 60_000;

/** After how long it is told again where the server did not hear it. */
export const againAfterMs = 5000;

/**
 * inputTeller tells the server that somebody sits here: with the first key or
 * click, then once a minute while more come, and at once where he was warned.
 */
export function inputTeller(tell: () => Promise<boolean>, warned: () => boolean, now: () => number = () => performance.now()): () => void {
  let told = Number.NEGATIVE_INFINITY;
  return () => {
    const at = now();
    if (at - told < inputEveryMs && !warned()) return;
    told = at;
    void tell().then((heard) => {
      if (!heard && told === at) told = at - inputEveryMs + againAfterMs;
    });
  };
}
