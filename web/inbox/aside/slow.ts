/** Questions to colleagues of which the visitor should hear, for the list as for the open Conversation. Pure. */
import { type SideTalk, sideState } from "$kit/sidetalks.ts";
import type { Micros, Thread } from "$kit/wire.ts";

const none: ReadonlySet<number> = new Set();

/**
 * slowSide is the oldest question that has waited too long, of which the visitor knows nothing and of which one may tell him: the asker
 * while he writes to the visitor, and else who leads.
 */
export function slowSide(t: Thread | undefined, me: string, now: Micros, dismissed = none): SideTalk | undefined {
  if (t === undefined || t.state === "closed") return undefined;
  const teller = (s: SideTalk) => (s.by === t.lead || t.members.includes(s.by) ? s.by : t.lead);
  return t.side_talks?.find((s) => s.due <= now && !s.told && sideState(s) === "open" && teller(s) === me && !dismissed.has(s.seq));
}
