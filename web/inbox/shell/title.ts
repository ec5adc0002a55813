import { type State, unreadOf } from "$kit/reducer.ts";
import type { Micros, Row } from "$kit/wire.ts";
import { waitsOf } from "../talks/shelf";

/** documentTitle is the tab's title with the number of my Conversations that hold unread words, and of what in talks is for me. */
export function documentTitle(state: State, mine: readonly Row[], now: Micros): string {
  const unread = mine.filter((row) => unreadOf(state, row.conversation.id).unread > 0).length;
  const count = unread + waitsOf(state.channels.rows.values(), now).calls;
  return count > 0 ? `(${count}) Earshot` : "Earshot";
}
