import type { Event, EventOfKind } from "$kit/wire.ts";

/** repliesOf reads the colleagues' answers that a held message was stopped by. */
export function repliesOf(data: unknown): EventOfKind<"message">[] {
  if (typeof data !== "object" || data === null || !("replies" in data) || !Array.isArray(data.replies)) return [];
  return (data.replies as Event[]).filter(
    (event): event is EventOfKind<"message"> => event?.kind === "message" && typeof event.body?.text === "string",
  );
}
