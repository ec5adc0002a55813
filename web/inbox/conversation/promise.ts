/** What is promised in an open Conversation, in words. */
import type { Agent, Micros, Thread } from "$kit/wire.ts";
import { t, whenText } from "../texts";

/** promiseText is "held for Ben until Thu 12:00", or by when an answer is promised; "" where nothing is. */
export function promiseText(thread: Thread, team: ReadonlyMap<string, Agent>, now: Micros): string {
  const { promise, held } = thread;
  if (promise === undefined) return "";
  const when = whenText(promise.due, now);
  if (promise.due <= now) return t("promise.overdue", { when });
  if (held === undefined) return t("promise.owed", { when });
  // For a group: its own name stands beside it wherever this is shown.
  if (!held.agent) return t("promise.held.group", { when });
  return t("promise.held", { name: team.get(held.agent)?.name ?? t("colleague"), when });
}
