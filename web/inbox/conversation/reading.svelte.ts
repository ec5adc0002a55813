/** How far the agent has read the open Conversation, and where the unread divider stands. */
import { untrack } from "svelte";
import type { Mark } from "$kit/reducer.ts";
import type { Event } from "$kit/wire.ts";
import { api, attempt } from "../state/server";

export interface Reading {
  /** The divider stands after this seq; null = none. */
  readonly divider: number | null;
}

interface Look {
  mark: Pick<Mark, "read" | "unread">;
  events: readonly Event[];
  /** The newest words are on screen. */
  atBottom: boolean;
}

/** So long the bottom must be looked at before it counts as read. */
const dwell = 400;

/**
 * createReading raises the read mark only while the window has the focus and
 * the bottom is on screen, so that nothing counts as read that nobody saw.
 * Call it while a component is being made.
 */
export function createReading(conversation: string, look: () => Look, onRead: (seq: number) => void): Reading {
  const first = untrack(look).mark;
  let divider = $state<number | null>(first.unread > 0 ? first.read : null);
  let focused = $state(document.hasFocus());

  $effect(() => {
    const focus = () => {
      focused = document.hasFocus() && document.visibilityState === "visible";
      // Whoever comes back finds the divider before what came meanwhile.
      if (!focused) divider = untrack(look).mark.read;
    };
    const names = ["focus", "blur"] as const;
    for (const name of names) window.addEventListener(name, focus);
    document.addEventListener("visibilitychange", focus);
    return () => {
      for (const name of names) window.removeEventListener(name, focus);
      document.removeEventListener("visibilitychange", focus);
    };
  });

  $effect(() => {
    const { mark, events, atBottom } = look();
    const newest = events.at(-1)?.seq ?? 0;
    if (!focused || !atBottom || newest <= mark.read) return;
    const timer = setTimeout(() => {
      onRead(newest);
      void attempt(api.markRead(conversation, newest));
    }, dwell);
    return () => clearTimeout(timer);
  });

  return {
    get divider() {
      return divider;
    },
  };
}
