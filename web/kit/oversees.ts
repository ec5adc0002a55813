import type { Agent, GroupId, Role } from "./wire.ts";

type Person = Pick<Agent, "role" | "groups" | "classes">;

/** Who oversees every Group, as Go's Role.Oversees has it. */
const byRole: readonly Role[] = ["owner", "admin", "supervisor"];

/**
 * oversees reports whether an agent supervises a Group: every one by his role, or this one by his class in it. There
 * he sees every chat, and may do in it what its lead may. As internal/chat's Viewer.Oversees decides it.
 */
export function oversees(agent: Person, group: GroupId): boolean {
  return byRole.includes(agent.role) || supervised(agent).includes(group);
}

/** overseesAny reports whether there is a Group that an agent supervises. */
export function overseesAny(agent: Person): boolean {
  return byRole.includes(agent.role) || supervised(agent).length > 0;
}

/** answers reports whether an agent answers visitors: a colleague of another department does not. As Go's Role.Answers. */
export function answers(agent: Pick<Agent, "role">): boolean {
  return agent.role !== "colleague";
}

function supervised(agent: Person): GroupId[] {
  return agent.groups.filter((group) => agent.classes?.[group] === "supervisor");
}
