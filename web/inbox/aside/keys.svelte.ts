/** What the keys of side-talks do: as long as the strip that can do it is on screen. */

interface Keys {
  /** null where there is nothing to do. */
  insert: (() => void) | null;
  tell: (() => void) | null;
}

let now = $state.raw<Keys | null>(null);

export const asideKeys = {
  can(what: keyof Keys): boolean {
    return (now?.[what] ?? null) !== null;
  },
  /** press does it; false where it means nothing here. */
  press(what: keyof Keys): boolean {
    const does = now?.[what] ?? null;
    does?.();
    return does !== null;
  },
  /** hold takes the keys; what it answers gives them back. */
  hold(keys: Keys): () => void {
    now = keys;
    return () => {
      if (now === keys) now = null;
    };
  },
};
