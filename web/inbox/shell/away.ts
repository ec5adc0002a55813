/** Until when somebody is away: the choices of the dialog, and what is said about it. Pure. */

/** Minutes that the dialog offers; 0 is open. */
export const awayMinutes = [0, 15, 30, 60, 120] as const;

const minute = 60_000_000;
const day = 24 * 60 * minute;

/** untilOf is the end of a break in microseconds: after minutes, or at the next "14:30" of this device's day. 0 is open, null is no time. */
export function untilOf(choice: number | string, now: number, midnight: (now: number) => number = startOfDay): number | null {
  if (typeof choice === "number") return choice === 0 ? 0 : now + choice * minute;
  const parts = /^(\d{1,2}):(\d{2})/.exec(choice);
  if (parts === null) return null;
  const at = midnight(now) + (Number(parts[1]) * 60 + Number(parts[2])) * minute;
  return at > now ? at : at + day;
}

function startOfDay(now: number): number {
  const date = new Date(now / 1000);
  return date.setHours(0, 0, 0, 0) * 1000;
}
