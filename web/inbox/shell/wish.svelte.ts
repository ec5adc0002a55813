/** What the composer of the open Conversation is asked to do by the rest of the inbox. */
import type { Outgoing } from "$kit/outbox.ts";
import type { Voice } from "$kit/wire.ts";

/** Wish is what the composer of the open Conversation is asked to do: take a voice, and maybe a text. */
export interface Wish {
  voice: Voice;
  again?: Outgoing;
  /** Words to begin with. */
  text?: string;
  /** Words that stand after those that are typed already. */
  more?: string;
}

let wanted = $state.raw<Wish | null>(null);

/** composerWish is the wish that the composer has not fulfilled yet. */
export const composerWish = {
  get now(): Wish | null {
    return wanted;
  },
  clear(): void {
    wanted = null;
  },
  /** want asks the composer for a voice. */
  want(voice: Voice): void {
    wanted = { voice };
  },
  /** note asks the composer for a note that begins with some words. */
  note(text: string): void {
    wanted = { voice: "note", text };
  },
  /** add asks the composer for a reply that goes on with some words. */
  add(more: string): void {
    wanted = { voice: "reply", more };
  },
};

/** editAgain puts a message that was not sent back into the composer. */
export function editAgain(item: Outgoing): void {
  wanted = { voice: item.voice, again: item };
}
