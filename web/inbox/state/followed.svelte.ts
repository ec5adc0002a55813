/** What the server knows and few frames change: loaded once, and again after those that do. */
import type { Down } from "$kit/wire.ts";
import { attempt } from "./server";
import { inbox, onFrame } from "./session.svelte";

export interface Followed<T> {
  /** null until the first answer; the last one that came stays while the line is down. */
  readonly value: T | null;
  readonly failed: boolean;
  again(): void;
}

/** How long frames are gathered before the one load that they ask for, in milliseconds. */
const gather = 200;

/** createFollowed loads now, after each frame that matters, with each new snapshot and when the line is back. Call it while a component is being made. */
export function createFollowed<T>(load: () => Promise<T>, matters: (frame: Down) => boolean): Followed<T> {
  let value = $state.raw<T | null>(null);
  let failed = $state(false);
  let asked = $state(0);
  let latest = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function run(): Promise<void> {
    timer = undefined;
    const mine = ++latest;
    const outcome = await attempt(load());
    if (mine !== latest) return;
    failed = !outcome.ok;
    if (outcome.ok) value = outcome.value;
  }

  const desk = inbox();
  const live = $derived(desk.line.kind === "live");
  // Its drafts are another object with each snapshot, and only then.
  const snapshot = $derived(desk.state.drafts);
  const poke = () => {
    timer ??= setTimeout(() => void run(), gather);
  };

  $effect(() => {
    void [asked, live, snapshot];
    void run();
    const off = onFrame((frame) => {
      if (matters(frame)) poke();
    });
    return () => {
      off();
      clearTimeout(timer);
      timer = undefined;
      latest++;
    };
  });

  return {
    get value() {
      return value;
    },
    get failed() {
      return failed;
    },
    again: () => {
      asked++;
    },
  };
}
