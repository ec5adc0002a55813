/** The playbooks that a dialog shows: fetched when they are needed, followed while they change. */
import type { Playbook } from "$kit/playbook-api.ts";
import { api, attempt } from "./server";
import { inbox } from "./session.svelte";

/** undefined = not here yet. */
export type Book = Playbook | "failed" | undefined;

export interface Playbooks {
  /** The newest one known of a group. */
  of(group: string): Book;
  load(group: string): Promise<void>;
}

/** createPlaybooks holds what groups have written, and fetches it of whichever group is wanted. Call it while a component is being made. */
export function createPlaybooks(wanted: () => string): Playbooks {
  const desk = inbox();
  let books = $state.raw<Record<string, Playbook | "failed">>({});

  async function load(group: string) {
    const outcome = await attempt(api.playbook(group));
    books = { ...books, [group]: outcome.ok ? outcome.value : "failed" };
  }
  $effect(() => {
    const group = wanted();
    if (group !== "" && books[group] === undefined) void load(group);
  });

  return {
    load,
    /** What a colleague has saved meanwhile comes with the stream and is newer. */
    of(group) {
      const [loaded, live] = [books[group], desk.state.playbooks.get(group)];
      if (live === undefined || (typeof loaded === "object" && loaded.version >= live.version)) return loaded;
      return live;
    },
  };
}
