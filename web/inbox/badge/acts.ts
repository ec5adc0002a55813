/** The acts about one's own name: each answers whether it worked, and a refusal is told. */
import type { Badge } from "$kit/badge.ts";
import type { Agent, Micros } from "$kit/wire.ts";
import { refuse } from "../state/acts";
import { api, attempt } from "../state/server";
import { inbox } from "../state/session.svelte";

async function keep(work: Promise<{ me: Agent }>): Promise<boolean> {
  const done = await attempt(work);
  if (done.ok) inbox().dispatch({ type: "agent", agent: done.value.me });
  else refuse(done.failure);
  return done.ok;
}

/** setBadge puts a badge at one's own name; an empty one takes it off. */
export function setBadge(badge: Badge): Promise<boolean> {
  return keep(api.setBadge(badge));
}

/** setUndisturbed asks not to be disturbed until a time; 0 ends it. */
export function setUndisturbed(until: Micros): Promise<boolean> {
  return keep(api.setUndisturbed(until));
}
