/** What a form knows besides its Draft: what is typed wrong, what the server said against it, and whether it is being saved. */
import type { Failure } from "../state/server";
import type { Draft } from "./draft.svelte";

/** Editing belongs to one form. */
export interface Editing {
  busy: boolean;
  failure: Failure | null;
  /** Something that was typed cannot be read; the Draft has the last right value. */
  readonly mistyped: boolean;
  /** Counts the discarded drafts: each makes the inputs anew, with what was typed wrong gone. */
  readonly discarded: number;
  mistype(field: string, is: boolean): void;
  discard(): void;
}

/** createEditing begins with nothing wrong. */
export function createEditing<T>(draft: Draft<T>): Editing {
  let busy = $state(false);
  let failure = $state.raw<Failure | null>(null);
  let fields = $state.raw<ReadonlySet<string>>(new Set());
  let discarded = $state(0);
  return {
    get busy() {
      return busy;
    },
    set busy(is) {
      busy = is;
    },
    get failure() {
      return failure;
    },
    set failure(what) {
      failure = what;
    },
    get mistyped() {
      return fields.size > 0;
    },
    get discarded() {
      return discarded;
    },
    mistype: (field, is) => {
      if (fields.has(field) === is) return;
      const next = new Set(fields);
      if (is) next.add(field);
      else next.delete(field);
      fields = next;
    },
    discard: () => {
      draft.discard();
      failure = null;
      fields = new Set();
      discarded++;
    },
  };
}
