/** The notes that call the reader: kept in step with what he reads, on any device. */
import type { Mention, Mentions } from "$kit/people-api.ts";
import { createFollowed } from "../state/followed.svelte";
import { api, attempt } from "../state/server";
import { changes } from "./changes";

export interface MentionList {
  readonly all: readonly Mention[];
  readonly unread: number;
  readonly ready: boolean;
  readonly failed: boolean;
  readonly more: boolean;
  next(): Promise<void>;
}

/** createMentions loads them and follows. Call it while a component is being made. */
export function createMentions(): MentionList {
  const first = createFollowed<Mentions>(() => api.mentions(), changes);
  let older = $state.raw<readonly Mention[]>([]);
  let end = $state<number | null>(null);
  const all = $derived([...(first.value?.mentions ?? []), ...older.filter((m) => !first.value?.mentions.some((f) => same(f, m)))]);
  const beyond = $derived(end ?? first.value?.next ?? 0);
  return {
    get all() {
      return all;
    },
    get unread() {
      return first.value?.unread ?? 0;
    },
    get ready() {
      return first.value !== null;
    },
    get failed() {
      return first.failed;
    },
    get more() {
      return beyond > 0;
    },
    next: async () => {
      const page = await attempt(api.mentions(beyond));
      if (!page.ok) return;
      older = [...older, ...page.value.mentions];
      end = page.value.next ?? 0;
    },
  };
}

function same(a: Mention, b: Mention): boolean {
  return a.event.id === b.event.id;
}
