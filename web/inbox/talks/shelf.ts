/** How the talks stand in the list, and what of them waits for the reader. Pure. */
import type { TalkRow } from "$kit/channels.ts";
import type { Micros } from "$kit/wire.ts";

/** Shelf is the list in its sections, each in its order. */
export interface Shelf {
  groups: readonly TalkRow[];
  channels: readonly TalkRow[];
  direct: readonly TalkRow[];
  archived: readonly TalkRow[];
}

export const shelves = ["groups", "channels", "direct", "archived"] as const;

/** shelve sorts talks into their sections: channels by name, direct talks by their newest words. Only those whose name holds the words stay. */
export function shelve(rows: Iterable<TalkRow>, nameOf: (row: TalkRow) => string, words = ""): Shelf {
  const wanted = fold(words.trim());
  const named = [...rows].map((row) => ({ row, name: nameOf(row) })).filter(({ name }) => fold(name).includes(wanted));
  const byName = named.sort((a, b) => a.name.localeCompare(b.name) || (a.row.conversation.id < b.row.conversation.id ? -1 : 1));
  const all = byName.map(({ row }) => row);
  const live = all.filter((row) => row.talk.archived === undefined);
  const direct = live.filter((row) => row.conversation.kind === "direct");
  return {
    groups: live.filter((row) => row.talk.policy === "crew"),
    channels: live.filter((row) => row.conversation.kind === "channel" && row.talk.policy !== "crew"),
    direct: direct.sort((a, b) => newest(b) - newest(a)),
    archived: all.filter((row) => row.talk.archived !== undefined),
  };
}

/** orderOf is the shelf from top to bottom, as the keys walk it. */
export function orderOf(shelf: Shelf, archived: boolean): TalkRow[] {
  return [...shelf.groups, ...shelf.channels, ...shelf.direct, ...(archived ? shelf.archived : [])];
}

/** isMuted reports whether the reader wants to hear nothing of a talk now. */
export function isMuted(row: TalkRow, now: Micros): boolean {
  return row.level === "none" || (row.muted_until ?? 0) > now;
}

/** Waits is what of the talks the reader has not read: what calls him or is for him, and whether there is anything else. */
export interface Waits {
  calls: number;
  more: boolean;
}

/** waitsOf counts over all talks: each call, and each message where he wants to hear of all. Muted ones wait for nobody. */
export function waitsOf(rows: Iterable<TalkRow>, now: Micros): Waits {
  const waits = { calls: 0, more: false };
  for (const row of rows) {
    if (row.unread === 0 || row.talk.archived !== undefined || isMuted(row, now)) continue;
    const calls = row.level === "all" ? row.unread : row.calls;
    waits.calls += calls;
    waits.more ||= row.unread > calls;
  }
  return waits;
}

function newest(row: TalkRow): Micros {
  return Math.max(row.conversation.last.at, row.talk.at);
}

/** Letters with and without marks are the same to somebody who searches. */
function fold(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();
}
