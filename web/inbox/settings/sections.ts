import type { Role } from "$kit/wire.ts";
import { type SettingsSection, settingsSections } from "../route";

/** manages reports whether somebody of a role decides about the workspace. */
export function manages(role: Role): boolean {
  return role === "owner" || role === "admin";
}

/** sectionsOf are the settings that somebody of a role may open. */
export function sectionsOf(role: Role): readonly SettingsSection[] {
  return manages(role) ? settingsSections : ["account"];
}
