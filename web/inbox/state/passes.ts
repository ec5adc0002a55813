/** The acts of passing a Conversation on: each answers its refusal, so that it can stand where the person looks. */
import type { AwayThen, NewHold, NewMove, NewPass, NobodyThere, SomebodyThere } from "$kit/pass-api.ts";
import { refuse, run } from "./acts";
import { type Failure, api } from "./server";

/** passOn asks somebody to take over; it answers the seq of the transfer, or the refusal. */
export async function passOn(id: string, pass: NewPass): Promise<{ seq: number; failure: Failure | null }> {
  const { done, failure } = await run((key) => api.transfer(id, key, pass));
  return { seq: done?.events.find((e) => e.kind === "transfer")?.seq ?? 0, failure };
}

/** holdFor holds a Conversation for somebody who is not there. */
export async function holdFor(id: string, hold: NewHold): Promise<Failure | null> {
  return (await run((key) => api.hold(id, key, hold))).failure;
}

/** moveTo puts a Conversation into the queue of another group. */
export async function moveTo(id: string, move: NewMove): Promise<Failure | null> {
  return (await run((key) => api.move(id, key, move))).failure;
}

/** withdraw ends what nobody has accepted yet. */
export async function withdraw(id: string): Promise<void> {
  const { failure } = await run((key) => api.withdraw(id, key));
  if (failure) refuse(failure);
}

/** letGo leaves what is passed to a group in its queue. */
export async function letGo(id: string): Promise<void> {
  const { failure } = await run((key) => api.letGo(id, key));
  if (failure) refuse(failure);
}

/** cancelPromise says that nothing is owed any more, and why. */
export async function cancelPromise(id: string, why: string): Promise<Failure | null> {
  return (await run((key) => api.cancelPromise(id, key, why))).failure;
}

/** passPromise lets a colleague owe the answer, or, with "", whoever of the group answers. */
export async function passPromise(id: string, to: string, why: string): Promise<Failure | null> {
  return (await run((key) => api.passPromise(id, key, to, why))).failure;
}

/** nobodyThere reads the detail of the conflict that nobody can be asked now; null where it is none. */
export function nobodyThere(failure: Failure): NobodyThere | null {
  const data = failure.kind === "conflict" ? failure.data : null;
  return typeof data === "object" && data !== null && "to" in data ? (data as NobodyThere) : null;
}

/** somebodyThere reads the detail of the conflict that somebody of the target takes chats now; null where it is none. */
export function somebodyThere(failure: Failure): SomebodyThere | null {
  const data = failure.kind === "conflict" ? failure.data : null;
  return typeof data === "object" && data !== null && "there" in data ? (data as SomebodyThere) : null;
}

/** awayThen reads the detail of the conflict that he is away until after it is due; null where it is none. */
export function awayThen(failure: Failure): AwayThen | null {
  const data = failure.kind === "conflict" ? failure.data : null;
  return typeof data === "object" && data !== null && "until" in data && typeof data.until === "number" ? (data as AwayThen) : null;
}
