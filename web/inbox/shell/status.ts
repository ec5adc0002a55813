import type { Status } from "$kit/wire.ts";
import { refuse } from "../state/acts";
import { api, attempt } from "../state/server";
import { inbox } from "../state/session.svelte";

/** setStatus changes one's own status; until is microseconds, 0 = open. It answers whether that worked. */
export async function setStatus(status: Status, reason = "", until = 0): Promise<boolean> {
  const done = await attempt(api.setStatus(status, reason, until));
  if (done.ok) inbox().dispatch({ type: "agent", agent: done.value.me });
  else refuse(done.failure);
  return done.ok;
}
