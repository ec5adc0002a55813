/** Where somebody may save replies, and where he may suggest them. Pure. */
import { oversees } from "$kit/oversees.ts";
import type { ReplyScope, SavedReply } from "$kit/replies-api.ts";
import type { Agent, Group } from "$kit/wire.ts";

export interface Place {
  /** "own", "team", or the id of a group. */
  id: string;
  scope: ReplyScope;
  name: string;
  /** He saves there himself; elsewhere it becomes a draft. */
  writes: boolean;
}

type Person = Pick<Agent, "role" | "groups" | "classes">;

/** placesOf lists them: one's own, the groups, the team. As internal/chat's SavedReply.May decides it. */
export function placesOf(me: Person, groups: Iterable<Group>, names: { own: string; team: string }): Place[] {
  const all: Place[] = [{ id: "own", scope: "own", name: names.own, writes: true }];
  const sorted = [...groups].filter((g) => !g.deleted).sort((a, b) => a.name.localeCompare(b.name));
  for (const g of sorted) {
    const writes = oversees(me, g.id);
    if (writes || me.groups.includes(g.id)) all.push({ id: g.id, scope: "group", name: g.name, writes });
  }
  all.push({ id: "team", scope: "team", name: names.team, writes: me.role === "owner" || me.role === "admin" });
  return all;
}

/** placeOf is where a reply stands, as the list names it. */
export function placeOf(reply: Pick<SavedReply, "scope" | "group">): string {
  return reply.scope === "group" ? (reply.group ?? "") : reply.scope;
}

export const tabs = ["own", "group", "team", "drafts", "use"] as const;
export type Tab = (typeof tabs)[number];

/** firstTab is the first tab in which something stands: whoever has saved none of his own begins with his groups', or the team's. */
export function firstTab(all: readonly SavedReply[]): Tab {
  return (["own", "group", "team", "drafts"] as const).find((tab) => inTab(all, tab).length > 0) ?? "own";
}

/** inTab are the replies of a tab in the order of their names. */
export function inTab(all: readonly SavedReply[], tab: Tab): SavedReply[] {
  const there = all.filter((reply) => (tab === "drafts" ? reply.draft === true : reply.draft !== true && reply.scope === tab));
  return there.sort((a, b) => a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1));
}
