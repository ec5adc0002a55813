/** The acts in talks: each with its own key, its answer put on screen, its refusal told. */
import { isFateUnknown } from "$kit/api.ts";
import type { MadeTalk } from "$kit/channels-api.ts";
import type { TalkLevel } from "$kit/channels.ts";
import { uuid7 } from "$kit/ids.ts";
import type { Done } from "$kit/wire.ts";
import { openTalk } from "../router.svelte";
import { refuse, run } from "../state/acts";
import { api, attempt } from "../state/server";
import { inbox } from "../state/session.svelte";

/** act does one act; it answers whether it worked. */
export async function act(work: (key: string) => Promise<Done>): Promise<boolean> {
  const { failure } = await run(work);
  if (failure) refuse(failure);
  return failure === null;
}

/** join lets the reader into an open channel and shows it from the inside. */
export async function join(id: string): Promise<boolean> {
  const done = await act((key) => api.joinTalk(key, id, {}));
  if (done) await learn(id);
  return done;
}

/** learn loads a talk's row: one has just come into it. */
async function learn(id: string): Promise<void> {
  const loaded = await attempt(api.talk(id));
  if (loaded.ok) inbox().dispatch({ type: "talk", opened: loaded.value, shown: inbox().open === id });
  else refuse(loaded.failure);
}

/** setLevel says what the reader is alerted of; muted is until when he wants to hear nothing. */
export async function setLevel(id: string, level: TalkLevel, muted?: number): Promise<void> {
  const done = await attempt(api.setTalkLevel(id, level, muted));
  if (!done.ok) refuse(done.failure);
}

/** makeTalk makes a channel or opens a direct talk, and goes there; it answers whether that worked. */
export async function makeTalk(work: (key: string) => Promise<MadeTalk>): Promise<boolean> {
  const key = uuid7();
  let made = await attempt(work(key));
  if (!made.ok && isFateUnknown(made.failure)) made = await attempt(work(key));
  if (!made.ok) {
    refuse(made.failure);
    return false;
  }
  await learn(made.value.conversation);
  openTalk(made.value.conversation);
  return true;
}

/** openDirect opens the direct talk with some colleagues. */
export function openDirect(people: readonly string[]): Promise<boolean> {
  return makeTalk((key) => api.openDirect(key, [...people]));
}
