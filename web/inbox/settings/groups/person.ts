/** What somebody's settings edit: his own, in every Group. Pure. */
import type { RehearsalChange } from "$kit/rules.ts";
import type { Agent } from "$kit/wire.ts";

/** PersonForm is what is saved together; a limit of 0 is the workspace's. */
export interface PersonForm {
  skills: string[];
  topics: string[];
  limit: number;
}

/** personName is the name of somebody's Draft and rehearsal. */
export function personName(agent: string): string {
  return `agent:${agent}`;
}

/** personOf reads an agent into a form. */
export function personOf(agent: Agent): PersonForm {
  return { skills: agent.skills ?? [], topics: agent.topics ?? [], limit: agent.limit };
}

/** triedAs is a form as a rehearsal tries it: no chat goes by topics. */
export function triedAs(agent: string, form: PersonForm): RehearsalChange {
  return { agents: [{ id: agent, skills: form.skills, limit: form.limit }] };
}
