/** The number at the icon of the installed inbox, where a system shows one. */

/** Badge is what some browsers add to their navigator. */
interface Badge {
  setAppBadge?: (count: number) => Promise<void>;
}

/** badgeIcon shows how much waits at the icon; taking it back shows nothing, as when one signs out. */
export function badgeIcon(count: number, on: Badge = navigator): () => void {
  const set = (n: number) => {
    // A browser that is not allowed to says so each time; nobody is helped by hearing it.
    on.setAppBadge?.(n).catch(() => undefined);
  };
  set(count);
  return () => set(0);
}
