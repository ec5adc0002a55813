import { type State, unreadOf } from "$kit/reducer.ts";
import type { Micros, Row } from "$kit/wire.ts";
import { waitsOf } from "../talks/shelf";

/** unreadChats is how many of my Conversations hold words that I have not read. */
export function unreadChats(state: State, mine: readonly Row[]): number {
  return mine.filter((row) => unreadOf(state, row.conversation.id).unread > 0).length;
}

/** waitsForMe is what the tab's title and the icon on a phone count: unread Conversations, and what in talks is for me. */
export function waitsForMe(state: State, mine: readonly Row[], now: Micros): number {
  return unreadChats(state, mine) + waitsOf(state.channels.rows.values(), now).calls;
}

/** documentTitle is the tab's title with how much waits for me. */
export function documentTitle(waits: number): string {
  return waits > 0 ? `(${waits}) Earshot` : "Earshot";
}
