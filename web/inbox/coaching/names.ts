/** Who somebody is, in words. */
import { inbox } from "../state/session.svelte";
import { t } from "../texts";

/** nameOf is an agent's name. */
export function nameOf(agent: string): string {
  return inbox().state.team.get(agent)?.name ?? t("colleague");
}
