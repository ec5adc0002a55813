/** The queue as the server tells it to this agent: places, waits, and what forbids taking one. Loaded once for all who show it. */
import type { QueueView } from "$kit/routing-api.ts";
import { createRefreshed } from "./refreshed.svelte";
import { api } from "./server";

let view = $state.raw<QueueView | null>(null);

/** waiting is the queue while somebody wants it; null before the first answer. */
export function waiting(): QueueView | null {
  return view;
}

/** keepWaiting keeps it fresh as long as it is wanted. Call it once, while the inbox is being made. */
export function keepWaiting(wanted: () => boolean): void {
  const fresh = createRefreshed(api.queue, wanted);
  $effect(() => {
    view = fresh.value;
  });
  $effect(() => () => {
    view = null;
  });
}
