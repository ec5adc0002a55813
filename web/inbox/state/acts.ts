/** The acts of an agent on a Conversation: each with its own key, its answer put on screen, its refusal told. */
import { uuid7 } from "$kit/ids.ts";
import { isFateUnknown } from "$kit/api.ts";
import type { Done } from "$kit/wire.ts";
import { t } from "../texts";
import { refusalWords } from "./refusal";
import { type Failure, api, attempt } from "./server";
import { inbox } from "./session.svelte";
import { say } from "./toasts.svelte";

export type Act = "take" | "join" | "leave" | "requeue" | "close";

/** Holder is who took a Conversation first, and when (microseconds). */
export interface Holder {
  agent: string;
  since: number;
}

/** run does an act; a lost answer is asked for once more with the same key. It answers the refusal, if any. */
async function run(work: (key: string) => Promise<Done>): Promise<{ done: Done | null; failure: Failure | null }> {
  const key = uuid7();
  let outcome = await attempt(work(key));
  if (!outcome.ok && isFateUnknown(outcome.failure)) outcome = await attempt(work(key));
  if (!outcome.ok) return { done: null, failure: outcome.failure };
  inbox().dispatch({ type: "done", done: outcome.value });
  return { done: outcome.value, failure: null };
}

/** act does one act and says what went wrong; a lost race for a Conversation is answered with who has it. */
export async function act(id: string, what: Act): Promise<Holder | null> {
  const { failure } = await run((key) => api[what](id, key));
  if (failure === null) return null;
  const holder = what === "take" && failure.kind === "conflict" ? holderOf(failure.data) : null;
  if (holder === null) refuse(failure);
  return holder;
}

/** takeNext takes the oldest waiting Conversation and answers its id. */
export async function takeNext(): Promise<string | null> {
  const { done, failure } = await run((key) => api.takeNext(key));
  if (failure?.kind === "missing") say(t("queue.empty"));
  else if (failure) refuse(failure);
  return done?.events[0]?.conversation ?? null;
}

/** editMessage replaces the text of own words; it answers whether that worked. */
export async function editMessage(id: string, seq: number, text: string): Promise<boolean> {
  const { failure } = await run((key) => api.edit(id, key, seq, text));
  if (failure) refuse(failure);
  return failure === null;
}

/** takeBack empties own words. */
export async function takeBack(id: string, seq: number): Promise<void> {
  const { failure } = await run((key) => api.redact(id, key, seq));
  if (failure) refuse(failure);
}

/** refuse says a refusal in the person's language, or that the line is down. */
export function refuse(failure: Failure): void {
  say(failure.kind === "offline" ? t("offline.act") : refusalWords(failure), { tone: "danger" });
}

/** holderOf reads the detail of a lost race; null where it is none. */
export function holderOf(data: unknown): Holder | null {
  if (typeof data !== "object" || data === null || !("agent" in data) || typeof data.agent !== "string") return null;
  const since = "since" in data && typeof data.since === "number" ? data.since : 0;
  return data.agent === "" ? null : { agent: data.agent, since };
}
