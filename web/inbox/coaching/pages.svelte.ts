/** A list of coaching: its newest page kept fresh, older ones when they are asked for. */
import { createRefreshed } from "../state/refreshed.svelte";
import { attempt } from "../state/server";

/** Named is what has an id. */
export interface Named {
  id: string;
}

export interface Page<T> {
  items: T[];
  /** Where the next page begins; undefined where there is none. */
  next: string | undefined;
}

export interface Pages<T> {
  readonly items: readonly T[];
  readonly loaded: boolean;
  readonly failed: boolean;
  readonly more: boolean;
  older(): void;
  /** again loads everything that is shown anew. */
  again(): void;
}

/** createPages loads as many pages as were asked for, again after each change. Call it while a component is being made. */
export function createPages<T>(load: (before?: string) => Promise<Page<T>>): Pages<T> {
  let wanted = $state(1);
  let turn = $state(0);
  const all = async (): Promise<Page<T>> => {
    let page = await load();
    const items = [...page.items];
    for (let n = 1; n < wanted && page.next !== undefined; n++) {
      page = await load(page.next);
      items.push(...page.items);
    }
    return { items, next: page.next };
  };
  const live = createRefreshed(all);
  let now = $state.raw<Page<T> | null>(null);
  $effect(() => {
    if (live.value !== null) now = live.value;
  });
  $effect(() => {
    if (turn > 0)
      void attempt(all()).then((outcome) => {
        if (outcome.ok) now = outcome.value;
      });
  });
  return {
    get items() {
      return now?.items ?? [];
    },
    get loaded() {
      return now !== null;
    },
    get failed() {
      return live.failed;
    },
    get more() {
      return now?.next !== undefined;
    },
    older: () => {
      wanted++;
      turn++;
    },
    again: () => {
      turn++;
    },
  };
}
