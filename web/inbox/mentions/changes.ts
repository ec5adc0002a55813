import type { Down } from "$kit/wire.ts";

/** changes reports whether a frame may change which notes call the reader, or which of them he has read. */
export function changes(frame: Down): boolean {
  if (frame.type === "gone") return true;
  return frame.type === "event" && (frame.event.kind === "mentioned" || frame.event.kind === "read" || frame.event.kind === "redact");
}
