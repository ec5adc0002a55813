/** The playbooks of the groups that somebody looks at: as they were loaded, or as a colleague has saved them since. */
import type { Playbook } from "$kit/playbook-api.ts";
import type { GroupId } from "$kit/wire.ts";
import { api, attempt } from "../state/server";
import { inbox } from "../state/session.svelte";

export interface Books {
  /** The newest one that is known of a group; undefined: it was not asked for yet. */
  newest(group: GroupId): Playbook | "failed" | undefined;
  load(group: GroupId): Promise<void>;
}

/** createBooks holds them while a component lives. */
export function createBooks(): Books {
  const desk = inbox();
  let books = $state.raw<Record<GroupId, Playbook | "failed">>({});
  return {
    newest(group) {
      const [loaded, live] = [books[group], desk.state.playbooks.get(group)];
      if (live === undefined || (typeof loaded === "object" && loaded.version >= live.version)) return loaded;
      return live;
    },
    async load(group) {
      const outcome = await attempt(api.playbook(group));
      books = { ...books, [group]: outcome.ok ? outcome.value : "failed" };
    },
  };
}
