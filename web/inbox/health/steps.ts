/** The five moments of an alert on a device. Pure. */
import type { Alerted } from "$kit/push-api.ts";

export type Moment = "decided" | "sent" | "accepted" | "shown" | "seen";

/** Step is a moment and when it was; 0 = it is not reached. */
export interface Step {
  moment: Moment;
  at: number;
}

/** stepsOf is the way of an alert to a device, from its decision on. An answer that is no acceptance is none of its steps. */
export function stepsOf({ alert, devices }: Alerted, session: string): Step[] {
  const device = devices.find((one) => one.session === session);
  const taken = device?.outcome === "accepted" || (device?.shown_at ?? 0) > 0;
  return [
    { moment: "decided", at: alert.at },
    { moment: "sent", at: device?.sent_at ?? 0 },
    { moment: "accepted", at: taken ? (device?.answered_at ?? device?.shown_at ?? 0) : 0 },
    { moment: "shown", at: device?.shown_at ?? 0 },
    { moment: "seen", at: alert.end === "seen" ? (alert.ended_at ?? 0) : 0 },
  ];
}
