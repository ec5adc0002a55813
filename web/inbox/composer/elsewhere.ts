import type { Event, Voice } from "$kit/wire.ts";

/** Lying is what lies in a composer. */
export interface Lying {
  me: string;
  voice: Voice;
  text: string;
}

/** sentElsewhere reports whether the same person has just sent from another tab what lies in this composer. */
export function sentElsewhere(fresh: readonly Event[], lying: Lying): boolean {
  const words = lying.text.trim();
  if (words === "") return false;
  return fresh.some(
    (e) =>
      ((e.kind === "message" && lying.voice === "reply") || ((e.kind === "note" || e.kind === "whisper") && lying.voice === e.kind)) &&
      e.actor.id === lying.me &&
      e.body.text.trim() === words,
  );
}
