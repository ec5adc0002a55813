/** What the list column shows: which list, the search, or the notes that call the reader. It outlives moving between conversations. */
import { answers } from "$kit/oversees.ts";
import type { Agent, ListName } from "$kit/wire.ts";
import { narrow } from "../parts/narrow.svelte";
import { showSide, sideShown } from "../router.svelte";

const place = "earshot.list";

let list = $state<ListName>(load());
let searching = $state(false);
let mentioning = $state(false);
let details = $state(false);
let pickedAt = $state<string | null>(null);

/** view is what the columns show. */
export const view = {
  get list(): ListName {
    return list;
  },
  get searching(): boolean {
    return searching;
  },
  get mentioning(): boolean {
    return mentioning;
  },
  /** The context panel is open where it does not stand beside the conversation anyway; on a phone it is a page of its own. */
  get details(): boolean {
    return narrow() ? sideShown() : details;
  },
  /** The row that the keys j and k stand on. */
  get picked(): string | null {
    return pickedAt;
  },
  show(name: ListName): void {
    list = name;
    searching = false;
    mentioning = false;
    try {
      sessionStorage.setItem(place, name);
    } catch {
      // Storage is blocked: the list is chosen anew after a reload.
    }
  },
  search(on: boolean): void {
    searching = on;
    if (on) mentioning = false;
  },
  /** mention shows the notes that call the reader in place of the list. */
  mention(on: boolean): void {
    mentioning = on;
    if (on) searching = false;
  },
  setDetails(on: boolean): void {
    if (narrow()) showSide(on);
    else details = on;
  },
  pick(conversation: string | null): void {
    pickedAt = conversation;
  },
};

/** listFor is the list that is shown to somebody: who answers no visitors has one, of what he was let into. */
export function listFor(me: Pick<Agent, "role">): ListName {
  return answers(me) ? list : "all";
}

function load(): ListName {
  try {
    const kept = sessionStorage.getItem(place);
    return kept === "queue" || kept === "all" ? kept : "my";
  } catch {
    return "my";
  }
}
