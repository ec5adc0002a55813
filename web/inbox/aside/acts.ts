/** What one does with side-talks; each act says what went wrong. */
import type { Blind, SideTalk } from "$kit/sidetalks.ts";
import type { AskingAside } from "$kit/sidetalks-api.ts";
import type { Done } from "$kit/wire.ts";
import { composerWish } from "../shell/actions.svelte";
import { refuse, run } from "../state/acts";
import { api } from "../state/server";

async function did(work: (key: string) => Promise<Done>): Promise<boolean> {
  const { failure } = await run(work);
  if (failure) refuse(failure);
  return failure === null;
}

/** ask answers that it was asked, or who of them may not see the Conversation and would read the question alone. */
export async function ask(id: string, asking: AskingAside): Promise<boolean | Blind> {
  const { failure } = await run((key) => api.askAside(id, key, asking));
  if (failure === null) return true;
  const blind = failure.kind === "conflict" ? blindOf(failure.data) : null;
  if (blind !== null) return blind;
  refuse(failure);
  return false;
}

function blindOf(data: unknown): Blind | null {
  const found = data as Partial<Blind> | null | undefined;
  return Array.isArray(found?.agents) ? { agents: found.agents, may_grant: found.may_grant === true } : null;
}

export const withdraw = (id: string, side: number) => did((key) => api.endAside(id, key, side));

export const askFurther = (id: string, side: number, text: string) => did((key) => api.askFurther(id, key, side, text));

export const tell = (id: string, side: number, line: string) => did((key) => api.tellAside(id, key, side, line));

/** insertText puts an answer into the reply, to be changed there; nothing is sent. Who answered sees that it was used. */
export function insertText(id: string, note: { seq: number; text: string }, side: number, known: SideTalk | undefined): void {
  composerWish.add(note.text);
  if (known && !known.used && !known.ended) void did((key) => api.useAnswer(id, key, side, note.seq));
}
