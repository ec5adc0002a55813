import type { Outgoing } from "./outbox.ts";
import type { Event } from "./wire.ts";

/**
 * pendingOf leaves out the messages that evidently stand among the events
 * already: the stream may be faster than the answer to the POST.
 */
export function pendingOf(items: readonly Outgoing[], events: readonly Event[], isOwn: (event: Event) => boolean): Outgoing[] {
  const matched = new Set<number>();
  return items.filter((item) => {
    if (item.state !== "sending") return true;
    const twin = events.find((e) => e.seq > item.seen && !matched.has(e.seq) && isOwn(e) && saysTheSame(e, item));
    if (twin !== undefined) matched.add(twin.seq);
    return twin === undefined;
  });
}

function saysTheSame(event: Event, item: Outgoing): boolean {
  if (event.kind !== "message" && event.kind !== "proposal" && event.kind !== "note" && event.kind !== "whisper") return false;
  const voice = event.kind === "message" || event.kind === "proposal" ? "reply" : event.kind;
  if (voice !== item.voice) return false;
  return event.body.text === item.text && (event.body.files ?? []).map((f) => f.id).join() === item.files.map((f) => f.id).join();
}
