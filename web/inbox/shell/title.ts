import { type State, unreadOf } from "$kit/reducer.ts";
import type { Row } from "$kit/wire.ts";

/** documentTitle is the tab's title with the number of my Conversations that hold unread words. */
export function documentTitle(state: State, mine: readonly Row[]): string {
  const count = mine.filter((row) => unreadOf(state, row.conversation.id).unread > 0).length;
  return count > 0 ? `(${count}) Earshot` : "Earshot";
}
