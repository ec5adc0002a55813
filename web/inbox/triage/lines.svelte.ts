/** What waits in the first lines of whoever is signed in. */
import type { GroupId, Row } from "$kit/wire.ts";
import { inbox } from "../state/session.svelte";
import { linesOf, waitingIn } from "./order";

/** myLines are the first lines that he sends on from; reading them follows them. */
export function myLines(): Set<GroupId> {
  const desk = inbox();
  return linesOf(desk.state.groups.values(), desk.me);
}

/** myWaiting are the rows that wait there, as far as the queue is loaded. */
export function myWaiting(lines: ReadonlySet<GroupId>): Row[] {
  return lines.size === 0 ? [] : waitingIn(inbox().rows("queue"), lines);
}
