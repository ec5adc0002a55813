/** The acts of an agent on a Conversation: each with its own key, its answer put on screen, its refusal told. */
import { uuid7 } from "$kit/ids.ts";
import { isFateUnknown } from "$kit/api.ts";
import type { Done } from "$kit/wire.ts";
import { language, loadText, t } from "../texts";
import { refusalWords } from "./refusal";
import { type Failure, api, attempt } from "./server";
import { inbox } from "./session.svelte";
import { say } from "./toasts.svelte";

export type Act = "take" | "join" | "leave" | "requeue" | "close";

/** Full is a refusal because of the limit, in hundredths of a chat; mayOver is whether the agent may go above it. */
export interface Full {
  load: number;
  limit: number;
  mayOver: boolean;
}

/** Holder is who took a Conversation first, and when (microseconds). */
export interface Holder {
  agent: string;
  since: number;
}

/** run does an act; a lost answer is asked for once more with the same key. It answers the refusal, if any. */
export async function run(work: (key: string) => Promise<Done>): Promise<{ done: Done | null; failure: Failure | null }> {
  const key = uuid7();
  let outcome = await attempt(work(key));
  if (!outcome.ok && isFateUnknown(outcome.failure)) outcome = await attempt(work(key));
  if (!outcome.ok) return { done: null, failure: outcome.failure };
  inbox().dispatch({ type: "done", done: outcome.value });
  return { done: outcome.value, failure: null };
}

/** Answer is what an act met: a colleague who was faster, the own limit, or nothing that needs a question. */
export type Answer = { holder: Holder } | { full: Full } | null;

/** act does one act and says what went wrong; what the person can decide about is answered. */
export async function act(id: string, what: Act): Promise<Answer> {
  const { failure } = await run((key) => api[what](id, key));
  return failure === null ? null : met(failure, what);
}

/** takeAbove takes a Conversation although it is above the own limit. */
export async function takeAbove(id: string): Promise<Answer> {
  const { failure } = await run((key) => api.take(id, key, true));
  return failure === null ? null : met(failure, "take");
}

function met(failure: Failure, what: Act): Answer {
  const full = failure.kind === "conflict" ? fullOf(failure.data) : null;
  if (full?.mayOver && what === "take") return { full };
  const holder = what === "take" && failure.kind === "conflict" ? holderOf(failure.data) : null;
  if (holder !== null) return { holder };
  if (full) say(fullWords(full), { tone: "danger" });
  // Why an act is denied is worth more than that it is: it may be a sentence of the team's agreement.
  else if (failure.kind === "denied" && language() !== "en") say(t("refused.because", { words: failure.message }), { tone: "danger" });
  else refuse(failure);
  return null;
}

function fullWords(full: Full): string {
  return t("full.no", loadText(full.load, full.limit));
}

/** accept takes up an offer; it answers whether the Conversation is one's own now. */
export async function accept(id: string): Promise<boolean> {
  const { failure } = await run((key) => api.accept(id, key));
  if (failure?.kind === "gone" || failure?.kind === "conflict") {
    const full = fullOf(failure.data);
    say(full ? fullWords(full) : t("offer.late"), { tone: "danger" });
  } else if (failure) refuse(failure);
  return failure === null;
}

/** decline refuses an offer: a colleague is asked. The reason is for who passes it on. */
export async function decline(id: string, reason = ""): Promise<void> {
  const { failure } = await run((key) => api.decline(id, key, reason));
  // An offer that is over needs no refusal.
  if (failure && failure.kind !== "gone" && failure.kind !== "conflict") refuse(failure);
}

/** setOwner makes a colleague the one whom a Conversation's visitor is always given to; "" = nobody. */
export async function setOwner(id: string, agent: string): Promise<void> {
  const { failure } = await run((key) => api.setOwner(id, key, agent));
  if (failure) refuse(failure);
}

/** askBack asks whoever leads a Conversation now to give it back. */
export async function askBack(id: string): Promise<void> {
  const { failure } = await run((key) => api.askBack(id, key));
  if (failure) refuse(failure);
}

/** waive leaves to whoever has it what was handed on while the own line was lost. */
export async function waive(id: string): Promise<void> {
  const { failure } = await run((key) => api.waive(id, key));
  // Waived on another device, or over: what was meant is so.
  if (failure && failure.kind !== "missing" && failure.kind !== "gone") refuse(failure);
}

/** give makes a colleague the lead of a Conversation that one leads. */
export async function give(id: string, to: string): Promise<void> {
  const { failure } = await run((key) => api.give(id, key, to));
  if (failure) refuse(failure);
}

/** takeNext takes the oldest waiting Conversation of the own groups and answers its id. */
export async function takeNext(): Promise<string | null> {
  const { done, failure } = await run((key) => api.takeNext(key));
  if (failure?.kind === "missing") say(t("queue.empty"));
  else if (failure) met(failure, "join");
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

/** fullOf reads the detail of a refusal because of the limit; null where it is none. */
export function fullOf(data: unknown): Full | null {
  if (typeof data !== "object" || data === null || !("load" in data) || !("limit" in data)) return null;
  if (typeof data.load !== "number" || typeof data.limit !== "number") return null;
  return { load: data.load, limit: data.limit, mayOver: "may_over" in data && data.may_over === true };
}
