/** Putting saved replies into a composer: which lie in it, and which places they have left blank. */
import type { FilledReply, SavedReply, UsedReply } from "$kit/replies-api.ts";
import type { ConversationId, Voice } from "$kit/wire.ts";
import { refuse } from "../state/acts";
import { onDevice } from "../state/kept";
import { api, attempt } from "../state/server";
import { inbox } from "../state/session.svelte";
import { type Put, blanksIn, keepPut, loadPut, usedIn } from "./used";

export interface Filling {
  /** A reply is on its way. */
  readonly busy: boolean;
  /** turn goes to what lies in another voice. */
  turn(voice: Voice): void;
  /** move takes along what lies in this voice. */
  move(to: Voice): void;
  /** fill fetches a reply for this conversation; null where it was refused, and that was said. */
  fill(reply: SavedReply): Promise<FilledReply | null>;
  /** changed hears the text: where nothing is left no reply lies there. */
  changed(text: string): void;
  blanks(text: string): string[];
  used(text: string): UsedReply[];
  clear(): void;
}

/** createFilling holds the replies of one conversation's composer. */
export function createFilling(conversation: ConversationId, first: Voice): Filling {
  const me = inbox().me.id;
  let voice = first;
  let all = $state.raw<readonly Put[]>(loadPut(onDevice, me, conversation, voice));
  let busy = $state(false);

  function set(next: readonly Put[]) {
    all = next;
    keepPut(onDevice, me, conversation, voice, next);
  }

  return {
    get busy() {
      return busy;
    },
    turn(to) {
      voice = to;
      all = loadPut(onDevice, me, conversation, to);
    },
    move(to) {
      const moved = [...loadPut(onDevice, me, conversation, to), ...all];
      set([]);
      voice = to;
      set(moved);
    },
    async fill(reply) {
      busy = true;
      const outcome = await attempt(api.fillReply(reply.id, conversation));
      busy = false;
      if (!outcome.ok) {
        refuse(outcome.failure);
        return null;
      }
      set([...all, { id: reply.id, text: outcome.value.text, blanks: outcome.value.blanks }]);
      return outcome.value;
    },
    changed(text) {
      if (text === "" && all.length > 0) set([]);
    },
    blanks: (text) => blanksIn(text, all),
    used: (text) => usedIn(text, all),
    clear: () => set([]),
  };
}
