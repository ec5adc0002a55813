/** What the team owes to visitors, for those who look at it. Pure. */
import type { Kept, Owed } from "$kit/pass-api.ts";
import type { Micros } from "$kit/wire.ts";

/** Standing is how many open promises somebody has, how many of them are overdue, and when the first is due. */
export interface Standing {
  open: number;
  late: number;
  first: Micros;
}

/** standingOf counts open promises. */
export function standingOf(owed: readonly Owed[], now: Micros): Standing {
  const due = owed.map((p) => p.due);
  return { open: owed.length, late: due.filter((at) => at <= now).length, first: due.length === 0 ? 0 : Math.min(...due) };
}

/** urgencyOf is how near the time of a promise is. */
export function urgencyOf(promise: Pick<Owed, "due" | "soon_at">, now: Micros): "late" | "soon" | "calm" {
  if (promise.due <= now) return "late";
  return promise.soon_at <= now ? "soon" : "calm";
}

/** merged joins the lists of several groups: each promise once, the next due first. */
export function merged(lists: readonly (readonly Owed[])[], ended: boolean): Owed[] {
  const all = new Map(lists.flat().map((p) => [`${p.conversation} ${p.seq}`, p]));
  const at = (p: Owed) => (ended ? -(p.ended_at ?? 0) : p.due);
  return [...all.values()].sort((a, b) => at(a) - at(b) || (a.conversation < b.conversation ? -1 : 1));
}

/** outcomeOf is how a promise ended: kept, kept late and by how much, or cancelled. */
export function outcomeOf(promise: Owed): { how: "kept" | "late" | "cancelled"; by: Micros } {
  if (promise.how === "cancelled") return { how: "cancelled", by: 0 };
  return promise.late ? { how: "late", by: Math.max(0, (promise.ended_at ?? 0) - promise.due) } : { how: "kept", by: 0 };
}

/** Rate is how many of the promises whose time has come were kept in it. */
export interface Rate {
  kept: number;
  of: number;
}

/** rateOf leaves out what is open and what was cancelled; null where nothing is left. */
export function rateOf({ in_time: kept, late, overdue }: Kept): Rate | null {
  const of = kept + late + overdue;
  return of === 0 ? null : { kept, of };
}

/** dayKey names the day that it is here, so that a banner comes once a day. */
export function dayKey(now: Micros): string {
  const date = new Date(now / 1000);
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()].join("-");
}
