/** One after the other on a device: its open pages, and the service worker. */

/** So long one waits for the others: a push that shows nothing would cost the subscription. */
const patienceMs = 3000;

/**
 * inTurn looks at what is shown, shows or takes down while nobody else on this device does. Chromium forgets a
 * notification that is put up while somebody asks for the list of them: it stays on the screen, and a click on it
 * leads nowhere.
 */
export async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (!("locks" in navigator)) return work();
  let begun = false;
  const turn = () => {
    begun = true;
    return work();
  };
  try {
    return await navigator.locks.request("earshot.shown", { signal: AbortSignal.timeout(patienceMs) }, turn);
  } catch (trouble) {
    if (begun) throw trouble;
    return work();
  }
}
