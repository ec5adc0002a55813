import type { Down } from "$kit/wire.ts";

/** changes reports whether a frame may change which notes call the reader, or which of them he has read. */
export function changes(frame: Down): boolean {
  if (frame.type === "gone") return true;
  if (frame.type !== "event") return false;
  const { kind, conversation, actor } = frame.event;
  // How far others of a direct talk have read stands in the reader's own conversation too.
  return kind === "mentioned" || (kind === "read" && conversation === `agent:${actor.id}`) || kind === "redact";
}
