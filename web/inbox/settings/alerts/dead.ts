/** What is said of an alert that was given up. */
import type { DeadAlert } from "$kit/push-api.ts";
import { aw, wordOf } from "./words";

/** whatOf is what was given up, and for whom or where. */
export function whatOf({ what, agent_name: name = "", group_name: group = "" }: DeadAlert): string {
  return aw(`dead.what.${what}`, { name: name || aw("dead.nobody"), group: group || aw("dead.somewhere") });
}

/** aboutOf is what ought to have been noticed; "" where that is forgotten. */
export function aboutOf({ what, kind = "" }: DeadAlert): string {
  return what === "notice" ? wordOf(`hook.${kind}`, kind) : wordOf(`kind.${kind}`, kind);
}

/** whyOf is why. */
export function whyOf({ cause, reason = "" }: DeadAlert): string {
  return cause === "service" && reason !== "" ? aw("dead.cause.service", { reason }) : aw("dead.cause.fault");
}
