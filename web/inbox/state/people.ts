/** The acts about guests, persons and known customers: each answers whether it worked, and a refusal is told. */
import { uuid7 } from "$kit/ids.ts";
import { isFateUnknown } from "$kit/api.ts";
import type { Done } from "$kit/wire.ts";
import { refuse } from "./acts";
import { api, attempt } from "./server";
import { inbox } from "./session.svelte";

/** run does an act; a lost answer is asked for once more with the same key. */
async function run(work: (key: string) => Promise<Done>): Promise<boolean> {
  const key = uuid7();
  let outcome = await attempt(work(key));
  if (!outcome.ok && isFateUnknown(outcome.failure)) outcome = await attempt(work(key));
  if (!outcome.ok) {
    refuse(outcome.failure);
    return false;
  }
  inbox().dispatch({ type: "done", done: outcome.value });
  return true;
}

/** revoke ends a guest's access. */
export function revoke(id: string, agent: string): Promise<boolean> {
  return run((key) => api.revoke(id, key, agent));
}

/** linkPerson says that the visitors of two conversations are the same person. */
export function linkPerson(id: string, other: string): Promise<boolean> {
  return run((key) => api.linkPerson(id, key, other));
}

/** unlinkPerson takes that back. */
export function unlinkPerson(id: string, link: string): Promise<boolean> {
  return run((key) => api.unlinkPerson(id, key, link));
}

/** offerContext adds what one knows of a visitor as a note that calls the lead. */
export function offerContext(id: string, text: string): Promise<boolean> {
  return run((key) => api.offerContext(id, key, text));
}

/** endCard puts a card away. */
export async function endCard(thread: string, how: "dismissed" | "opened"): Promise<void> {
  const outcome = await attempt(api.endCard(thread, how));
  if (!outcome.ok) refuse(outcome.failure);
}
