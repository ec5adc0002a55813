import type { Thread } from "$kit/wire.ts";

/** Mark is what is special about an open Conversation, beside who leads it. */
export type Mark = "over" | "idle" | "mail" | "front";

/** marksOf lists them, the most telling first. */
export function marksOf(thread: Thread | undefined): Mark[] {
  if (thread === undefined) return [];
  return [
    ...(thread.over ? (["over"] as const) : []),
    ...(thread.mode === "mail" ? (["mail"] as const) : []),
    ...(thread.idle ? (["idle"] as const) : []),
    ...(thread.state === "queued" && thread.front && !thread.held ? (["front"] as const) : []),
  ];
}
