/** How far an alert has come on a device. Pure. */
import type { Alerted } from "$kit/push-api.ts";
import type { AlertKey } from "./words";

type Delivery = Alerted["devices"][number];

/** After so long without being shown something is wrong with the device, in microseconds. */
export const unshownAfter = 15_000_000;

/** stepOf is the text for the last step that an alert has made on a device. */
export function stepOf(device: Pick<Delivery, "outcome" | "sent_at" | "shown_at">, now: number): AlertKey {
  if (device.shown_at) return "test.shown";
  switch (device.outcome) {
    case "gone":
      return "test.over";
    case "later":
      return "test.later";
    case "refused":
      return "test.refused";
    case "accepted":
      return now - device.sent_at > unshownAfter ? "test.unshown" : "test.waiting";
  }
  return "test.sent";
}
