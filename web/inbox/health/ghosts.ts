/** Pages of this device that are gone without a word: their browser crashed, or no network was there when they were closed. */
import type { JudgedDevice } from "$kit/reach-api.ts";

const place = "earshot.page.";

/** stays lets the other pages of this device know that one is there, until the signal; a crash ends it, too. */
export function stays(page: string, until: AbortSignal): Promise<void> {
  if (!("locks" in navigator)) return Promise.resolve();
  return new Promise((known) => {
    void navigator.locks.request(place + page, async () => {
      known();
      await new Promise((gone) => until.addEventListener("abort", gone));
    });
  });
}

/** ghostsOf are the pages that the server still goes by on a device, and that are not there any more. */
export function ghostsOf(devices: readonly JudgedDevice[], session: string, held: readonly (string | undefined)[]): string[] {
  const here = devices.find((device) => device.session === session);
  return (here?.pages ?? []).map(({ page }) => page).filter((page) => !held.includes(place + page));
}

/** dropGhosts says of each that it is closed, and reports whether there were any: the server would take their word for an hour. */
export async function dropGhosts(
  devices: readonly JudgedDevice[],
  session: string,
  leave: (page: string) => Promise<unknown>,
): Promise<boolean> {
  if (!("locks" in navigator)) return false;
  const { held = [] } = await navigator.locks.query();
  const ghosts = ghostsOf(
    devices,
    session,
    held.map(({ name }) => name),
  );
  await Promise.all(ghosts.map(leave));
  return ghosts.length > 0;
}
