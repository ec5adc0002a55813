/** Rehearsals that this page has started. They go on while the person looks at other screens. */
import type { Rehearsal, RehearsalChange } from "$kit/rules.ts";
import { isFateUnknown } from "$kit/api.ts";
import { type Failure, api, attempt } from "../../state/server";
import { same } from "../draft.svelte";
import { type Progress, progressOf } from "./diff";

/** Watched is the one Rehearsal of a settings screen. */
export interface Watched {
  readonly now: Rehearsal | null;
  readonly failure: Failure | null;
  readonly progress: Progress | null;
  /** Whether what was rehearsed is this change. */
  fits(change: RehearsalChange): boolean;
  start(days: number, change: RehearsalChange): Promise<void>;
  cancel(): Promise<void>;
  forget(): void;
}

/** How often a running one is asked about, in milliseconds. */
const every = 500;

const all = new Map<string, Watched>();

/** rehearsalOf is the Rehearsal of a screen's name. */
export function rehearsalOf(name: string): Watched {
  const found = all.get(name) ?? createWatched();
  all.set(name, found);
  return found;
}

function createWatched(): Watched {
  let now = $state.raw<Rehearsal | null>(null);
  let failure = $state.raw<Failure | null>(null);
  let progress = $state.raw<Progress | null>(null);
  let of = $state.raw<RehearsalChange>({});
  let first: { done: number; atMs: number } | null = null;
  // Each start and each end makes those that still ask about an earlier one stop.
  let turn = 0;

  async function follow(id: string, mine: number) {
    while (mine === turn) {
      const found = await attempt(api.rehearsal(id));
      if (mine !== turn) return;
      if (!found.ok) {
        if (!isFateUnknown(found.failure)) {
          failure = found.failure;
          now = null;
          return;
        }
      } else {
        heard(found.value);
        if (found.value.state !== "running") return;
      }
      await new Promise((resolve) => setTimeout(resolve, every));
    }
  }

  function heard(rehearsal: Rehearsal) {
    now = rehearsal;
    const atMs = performance.now();
    first ??= { done: rehearsal.done, atMs };
    progress = progressOf(rehearsal.done, rehearsal.total, first, atMs);
  }

  return {
    get now() {
      return now;
    },
    get failure() {
      return failure;
    },
    get progress() {
      return progress;
    },
    fits: (change) => same(change, of),
    async start(days, change) {
      const mine = ++turn;
      failure = null;
      first = null;
      of = change;
      now = { id: "", state: "running", done: 0, total: 0 };
      const started = await attempt(api.rehearse(days, change));
      if (mine !== turn) {
        if (started.ok) void attempt(api.cancelRehearsal(started.value.id));
        return;
      }
      if (!started.ok) {
        failure = started.failure;
        now = null;
        return;
      }
      heard(started.value);
      if (started.value.state === "running") await follow(started.value.id, mine);
    },
    async cancel() {
      turn++;
      const id = now?.id ?? "";
      if (now) now = { ...now, state: "cancelled" };
      if (id !== "") await attempt(api.cancelRehearsal(id));
    },
    forget() {
      turn++;
      now = null;
      failure = null;
    },
  };
}
