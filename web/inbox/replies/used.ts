/** Which saved replies lie in a composer, kept on this device beside its draft. */
import { type UsedReply, blankOf, replyLimits } from "$kit/replies-api.ts";
import type { ConversationId, Voice } from "$kit/wire.ts";
import { type KeptStorage, keptKey, readKept, writeKept } from "../state/kept";

/** Put is a reply as it was put in. */
export interface Put {
  id: string;
  text: string;
  blanks: string[];
}

const keyOf = (me: string, conversation: ConversationId, voice: Voice) => keptKey("replies", me, `${conversation}.${voice}`);

/** loadPut is what was put into a draft. */
export function loadPut(storage: KeptStorage, me: string, conversation: ConversationId, voice: Voice): Put[] {
  const kept = readKept(storage, keyOf(me, conversation, voice));
  return Array.isArray(kept) ? kept.filter(isPut) : [];
}

/** keepPut keeps it; nothing forgets it. */
export function keepPut(storage: KeptStorage, me: string, conversation: ConversationId, voice: Voice, all: readonly Put[]): void {
  writeKept(storage, keyOf(me, conversation, voice), all.length === 0 ? null : all);
}

function isPut(value: unknown): value is Put {
  if (typeof value !== "object" || value === null) return false;
  const put = value as Record<string, unknown>;
  return typeof put["id"] === "string" && typeof put["text"] === "string" && Array.isArray(put["blanks"]);
}

/** usedIn is what a message tells of the replies that it was made of: edited is one whose words do not stand in it as they were put in. */
export function usedIn(text: string, all: readonly Put[]): UsedReply[] {
  const used = new Map<string, UsedReply>();
  for (const put of all) {
    const edited = !text.includes(put.text.trim()) || used.get(put.id)?.edited === true;
    used.set(put.id, edited ? { id: put.id, edited } : { id: put.id });
  }
  return [...used.values()].slice(0, replyLimits.used);
}

/** blanksIn are the places of a text that a reply has left blank and nobody has filled in yet. */
export function blanksIn(text: string, all: readonly Put[]): string[] {
  const blanks = new Set(all.flatMap((put) => put.blanks).map(blankOf));
  return [...blanks].filter((blank) => text.includes(blank));
}
