/** What the reader may do in a talk. The server decides; this hides what it would refuse. Pure. */
import type { TalkRow } from "$kit/channels.ts";
import { oversees } from "$kit/oversees.ts";
import type { Agent } from "$kit/wire.ts";

/** runsTalk reports whether an agent may change a talk: its maker and managers, every member where its maker has left; of a group's own who oversees the group. */
export function runsTalk({ conversation, talk }: TalkRow, me: Agent): boolean {
  if (conversation.kind === "direct") return false;
  if (talk.policy === "crew") return oversees(me, talk.group ?? "");
  const { by = "", members } = talk;
  return me.role === "owner" || me.role === "admin" || (members.includes(me.id) && (by === me.id || !members.includes(by)));
}

/** admitsTo reports whether an agent may read a talk. */
export function admitsTo({ talk }: TalkRow, agent: Agent): boolean {
  if (talk.policy === "everyone") return true;
  if (talk.policy === "crew") return agent.groups.includes(talk.group ?? "") || oversees(agent, talk.group ?? "");
  return talk.members.includes(agent.id);
}

/** sizeOf is how many are in a talk. */
export function sizeOf(row: TalkRow, team: ReadonlyMap<string, Agent>): number {
  return row.talk.policy === "crew" ? peopleOf(row, team).length : row.size;
}

/** peopleOf lists who is in a talk, by name. */
export function peopleOf({ talk }: TalkRow, team: ReadonlyMap<string, Agent>): Agent[] {
  const crew = talk.policy === "crew";
  const all = crew
    ? [...team.values()].filter((a) => !a.disabled && a.groups.includes(talk.group ?? ""))
    : talk.members.flatMap((id) => team.get(id) ?? []);
  return all.sort((a, b) => a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1));
}
