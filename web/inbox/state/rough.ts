/** Rows that come once a second say less than the events would: their unread counts are asked for again. Pure. */
import type { Mark } from "$kit/reducer.ts";
import type { Row } from "$kit/wire.ts";

/** The most rows that are asked for again at once: one page. */
export const roughPage = 100;

/**
 * roughDepth is how many of the newest rows must be loaded again so that every
 * rough count among them becomes exact; 0 where none is rough. What changed last
 * stands on top, so that the page is short.
 */
export function roughDepth(newest: readonly Row[], marks: ReadonlyMap<string, Mark>): number {
  const last = newest.slice(0, roughPage).findLastIndex((row) => marks.get(row.conversation.id)?.rough === true);
  return last + 1;
}
