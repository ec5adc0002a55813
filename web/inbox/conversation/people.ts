import type { Agent, Row, Signal } from "$kit/wire.ts";

/** Person is somebody of the team at a Conversation, and what he is there. */
export interface Person {
  id: string;
  name: string;
  part: "lead" | "member" | "watching";
}

/** peopleOf lists who of the team is here: the lead, the members, then who only looks. */
export function peopleOf(row: Row, team: ReadonlyMap<string, Agent>, viewing: readonly Signal[], me: string): Person[] {
  const people = new Map<string, Person>();
  const put = (id: string | undefined, part: Person["part"], name?: string) => {
    if (id && !people.has(id)) people.set(id, { id, name: team.get(id)?.name ?? name ?? "", part });
  };
  if (row.thread !== undefined && row.thread.state !== "closed") {
    put(row.thread.lead, "lead");
    for (const member of row.thread.members) put(member, "member");
  }
  for (const signal of viewing) {
    if (signal.actor.kind === "agent" && signal.actor.id !== me) put(signal.actor.id, "watching", signal.actor.name);
  }
  return [...people.values()];
}
