/** The acts about watching and help: each with its own key, its answer put on screen, its refusal told. */
import { isFateUnknown } from "$kit/api.ts";
import { uuid7 } from "$kit/ids.ts";
import type { Done } from "$kit/wire.ts";
import { fullOf, holderOf, refuse } from "../state/acts";
import { type Failure, api, attempt } from "../state/server";
import { inbox } from "../state/session.svelte";
import { say } from "../state/toasts.svelte";
import { loadText, t } from "../texts";

/** done runs an act, once more with the same key where its answer was lost; it answers the refusal, if any. */
async function done(work: (key: string) => Promise<Done>): Promise<Failure | null> {
  const key = uuid7();
  let outcome = await attempt(work(key));
  if (!outcome.ok && isFateUnknown(outcome.failure)) outcome = await attempt(work(key));
  if (!outcome.ok) return outcome.failure;
  inbox().dispatch({ type: "done", done: outcome.value });
  return null;
}

async function told(work: (key: string) => Promise<Done>): Promise<boolean> {
  const failure = await done(work);
  const full = failure?.kind === "conflict" ? fullOf(failure.data) : null;
  if (full) say(t("full.no", loadText(full.load, full.limit)), { tone: "danger" });
  else if (failure) refuse(failure);
  return failure === null;
}

/** watch begins to watch a Conversation, which nobody outside notices; it answers whether that worked. */
export const watch = (id: string) => told((key) => api.watch(id, key));

export const unwatch = (id: string) => told((key) => api.unwatch(id, key));

/** watchMe asks a colleague to watch a Conversation that one takes part in. */
export const watchMe = (id: string, agent: string) => told((key) => api.watchMe(id, key, agent));

export const jumpIn = (id: string, line: string) => told((key) => api.jumpIn(id, key, line));

export const jumpOut = (id: string) => told((key) => api.jumpOut(id, key));

export const askForHelp = (id: string, reason: string) => told((key) => api.askForHelp(id, key, reason));

/** takeHelp says that one comes where help is wanted; who was faster is named. */
export async function takeHelp(id: string): Promise<boolean> {
  const failure = await done((key) => api.takeHelp(id, key));
  const holder = failure?.kind === "conflict" ? holderOf(failure.data) : null;
  if (holder) say(t("help.late", { name: inbox().state.team.get(holder.agent)?.name ?? t("colleague") }), { tone: "danger" });
  else if (failure?.kind === "gone") say(t("help.down"), { tone: "danger" });
  else if (failure) refuse(failure);
  return failure === null;
}

export const returnHelp = (id: string) => told((key) => api.returnHelp(id, key));

export const helpSettled = (id: string) => told((key) => api.helpSettled(id, key));

/** takeOver becomes the lead in place of another; who was faster is named. */
export async function takeOver(id: string, from: string, reason: string): Promise<boolean> {
  const failure = await done((key) => api.takeOver(id, key, from, reason));
  const holder = failure?.kind === "conflict" ? holderOf(failure.data) : null;
  const full = failure?.kind === "conflict" ? fullOf(failure.data) : null;
  if (holder) say(t("take-over.late", { name: inbox().state.team.get(holder.agent)?.name ?? t("colleague") }), { tone: "danger" });
  else if (full) say(t("full.no", loadText(full.load, full.limit)), { tone: "danger" });
  else if (failure) refuse(failure);
  return failure === null;
}
