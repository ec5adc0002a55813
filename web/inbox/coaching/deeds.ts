/** The acts of coaching: each with its own key, its refusal told. */
import { isFateUnknown } from "$kit/api.ts";
import { uuid7 } from "$kit/ids.ts";
import { refuse } from "../state/acts";
import { attempt } from "../state/server";

/** keyed does an act; a lost answer is asked for once more with the same key. It answers null where it was refused. */
export async function keyed<T>(work: (key: string) => Promise<T>): Promise<T | null> {
  const key = uuid7();
  let outcome = await attempt(work(key));
  if (!outcome.ok && isFateUnknown(outcome.failure)) outcome = await attempt(work(key));
  if (outcome.ok) return outcome.value;
  refuse(outcome.failure);
  return null;
}

/** done does an act that is the same when it is done twice; it answers whether it worked. */
export async function done(work: Promise<unknown>): Promise<boolean> {
  const outcome = await attempt(work);
  if (!outcome.ok) refuse(outcome.failure);
  return outcome.ok;
}
