import { overseesAny } from "$kit/oversees.ts";
import type { Agent, Role } from "$kit/wire.ts";
import { type SettingsSection, settingsSections } from "../route";

/** manages reports whether somebody of a role decides about the workspace. */
export function manages(role: Role): boolean {
  return role === "owner" || role === "admin";
}

/** sectionsOf are the settings that somebody may open. Who answers visitors has saved replies. Who oversees a group writes its playbook, and nothing else of it. */
export function sectionsOf(me: Pick<Agent, "role" | "groups" | "classes">): readonly SettingsSection[] {
  if (manages(me.role)) return settingsSections;
  if (me.role === "colleague") return ["account"];
  return overseesAny(me) ? ["account", "replies", "groups"] : ["account", "replies"];
}
