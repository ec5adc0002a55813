/** Whom the words of a talk call: colleagues, groups, and those who are here. Pure. */
import type { Agent, Group } from "$kit/wire.ts";
import type { TalkRow } from "$kit/channels.ts";
import { type Named, called } from "../composer/mention.ts";
import { admitsTo, peopleOf } from "./rights.ts";

/** Callable is what can stand after an @ in a talk. */
export interface Callable extends Named {
  kind: "agent" | "group" | "here";
}

/** The word that calls those of a talk who are on shift; it is the same in every language. */
export const hereWord = "here";

/** callables lists who can be called, by an id that is no other's. */
export function callables(team: Iterable<Agent>, groups: Iterable<Group>): Map<string, Callable> {
  const all: Callable[] = [{ id: "here", name: hereWord, kind: "here" }];
  for (const { id, name } of groups) all.push({ id: `group ${id}`, name, kind: "group" });
  for (const { id, name, disabled } of team) all.push({ id, name, kind: "agent", ...(disabled ? { disabled } : {}) });
  return new Map(all.map((one) => [one.id, one]));
}

/** callableNow lists whom something written now can call: no group that was deleted. */
export function callableNow(team: Iterable<Agent>, groups: Iterable<Group>): Map<string, Callable> {
  return callables(
    team,
    [...groups].filter((g) => !g.deleted),
  );
}

/** Calls are what a message calls, as the server takes it. */
export interface Calls {
  mentions: string[];
  groups: string[];
  here: boolean;
}

/** calledNow lists whom groups and "here" call as things are, as the server finds it out when the message is stored. */
export function calledNow({ groups, here }: Calls, row: TalkRow, team: ReadonlyMap<string, Agent>, me: string): Agent[] {
  const within = new Set(here ? peopleOf(row, team).map((a) => a.id) : []);
  return [...team.values()].filter(
    (a) =>
      !a.disabled && a.id !== me && ((within.has(a.id) && onShift(a)) || (groups.some((g) => a.groups.includes(g)) && admitsTo(row, a))),
  );
}

/** onShift is chat.OnShift: who answers no visitors has no status. */
function onShift({ status, role }: Agent): boolean {
  return status === "accepting" || status === "finishing" || role === "colleague";
}

/** callsIn reads them from a text; of two with one name the one in `picked` is meant. */
export function callsIn(text: string, all: ReadonlyMap<string, Callable>, me: string, picked: ReadonlySet<string>): Calls {
  const found = called(text, all.values(), me, picked).flatMap((id) => all.get(id) ?? []);
  return {
    mentions: found.filter((c) => c.kind === "agent").map((c) => c.id),
    groups: found.filter((c) => c.kind === "group").map((c) => c.id.slice("group ".length)),
    here: found.some((c) => c.kind === "here"),
  };
}
