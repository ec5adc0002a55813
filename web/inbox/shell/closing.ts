/** Whether closing a Conversation would leave somebody without an answer. Pure. */
import type { Thread } from "$kit/wire.ts";

/** leavesWaiting reports whether a visitor is waiting for words, or for somebody at all. */
export function leavesWaiting(thread: Thread | undefined): boolean {
  if (thread === undefined || thread.state === "closed") return false;
  return thread.state === "queued" || (thread.waiting_since ?? 0) > 0;
}
