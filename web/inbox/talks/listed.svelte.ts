import { inbox } from "../state/session.svelte";
import { nameOf } from "./names";
import { type Shelf, orderOf, shelve } from "./shelf";
import { talkView } from "./view.svelte";

/** shelfNow is the list as it stands on the screen. */
export function shelfNow(): Shelf {
  const { state } = inbox();
  return shelve(state.channels.rows.values(), (row) => nameOf(row, state), talkView.words);
}

/** orderNow is it from top to bottom, as the keys walk it. */
export function orderNow(): string[] {
  return orderOf(shelfNow(), talkView.archived).map((row) => row.conversation.id);
}
