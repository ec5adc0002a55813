/** The list that opens over a text while one types on: arrows choose, Enter or Tab takes, Escape leaves what was typed. */

export interface Choosing {
  /** The place in the list that Enter would take. */
  readonly index: number;
  /** active is the id of its line; undefined while nothing is offered. */
  active(): string | undefined;
  /** press answers whether the key was for the list. */
  press(event: KeyboardEvent): boolean;
}

export interface ChoosingOptions<T> {
  id: string;
  list: () => readonly T[];
  /** What is looked for: another one begins at the top. */
  words: () => string | undefined;
  /** The list is open, though nothing may be in it. */
  shown: () => boolean;
  take: (one: T) => void;
  leave: () => void;
}

/** createChoosing holds what is chosen. Call it while a component is being made. */
export function createChoosing<T>(options: ChoosingOptions<T>): Choosing {
  let chosen = $state(0);
  const index = $derived(Math.min(chosen, options.list().length - 1));
  const words = $derived(options.words());

  $effect(() => {
    void words;
    chosen = 0;
  });

  function step(by: number): boolean {
    const { length } = options.list();
    if (length === 0) return false;
    chosen = (index + by + length) % length;
    document.getElementById(`${options.id}-${chosen}`)?.scrollIntoView({ block: "nearest" });
    return true;
  }

  function press(event: KeyboardEvent): boolean {
    if (!options.shown() || event.isComposing) return false;
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return false;
    switch (event.key) {
      case "ArrowDown":
        return step(1);
      case "ArrowUp":
        return step(-1);
      case "Escape":
        options.leave();
        return true;
      case "Tab":
      case "Enter": {
        const one = options.list()[index];
        if (one !== undefined) options.take(one);
        return one !== undefined || event.key === "Enter";
      }
    }
    return false;
  }

  return {
    get index() {
      return index;
    },
    active: () => (options.list().length > 0 ? `${options.id}-${index}` : undefined),
    press,
  };
}
