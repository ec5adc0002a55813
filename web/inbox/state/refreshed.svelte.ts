/** What the server counts together, kept fresh while it is on the screen. */
import { untrack } from "svelte";
import type { Down } from "$kit/wire.ts";
import { refresh } from "./refresh";
import { attempt } from "./server";
import { onFrame } from "./session.svelte";

export interface Refreshed<T> {
  /** null until the first answer; the last one that came stays while the line is down. */
  readonly value: T | null;
  /** The last load did not work. */
  readonly failed: boolean;
}

/**
 * createRefreshed loads now, after frames that may matter, when what `changed` reads
 * has, and every ten seconds, as long as it is wanted. Call it while a component is
 * being made.
 */
export function createRefreshed<T>(
  load: () => Promise<T>,
  wanted: () => boolean = () => true,
  changed: () => void = () => {},
): Refreshed<T> {
  let value = $state.raw<T | null>(null);
  let failed = $state(false);
  $effect(() => {
    changed();
    if (!wanted()) {
      value = null;
      return;
    }
    let gone = false;
    const again = async () => {
      // Nobody looks: whoever comes back pokes it.
      if (document.visibilityState === "hidden" && value !== null) return;
      const outcome = await attempt(load());
      if (gone) return;
      failed = !outcome.ok;
      if (outcome.ok) value = outcome.value;
    };
    const live = untrack(() => refresh(again));
    const off = onFrame((frame) => {
      if (matters(frame)) live.poke();
    });
    document.addEventListener("visibilitychange", live.poke);
    return () => {
      gone = true;
      live.stop();
      off();
      document.removeEventListener("visibilitychange", live.poke);
    };
  });
  return {
    get value() {
      return value;
    },
    get failed() {
      return failed;
    },
  };
}

/** Who types or looks changes nothing that is counted. */
function matters(frame: Down): boolean {
  if (frame.type === "signal") return frame.signal.kind === "presence";
  return frame.type === "event" || frame.type === "row" || frame.type === "gone" || frame.type === "reset";
}
