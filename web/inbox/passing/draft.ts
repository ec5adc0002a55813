/** What is typed into the dialog, kept per Conversation on this device until it is done. */
import type { ConversationId, Event, Thread } from "$kit/wire.ts";
import { type KeptStorage, keptKey, readKept, writeKept } from "../state/kept";
import { type Pass, newPass } from "./form";

const keyOf = (me: string, conversation: ConversationId) => keptKey("pass", me, conversation);

/** loadPass is what was typed for the open Thread, or an empty Pass: what was accepted since is not asked again. */
export function loadPass(storage: KeptStorage, me: string, thread: Thread, events: readonly Event[]): Pass {
  const fresh = newPass(thread.id);
  const kept = readKept(storage, keyOf(me, thread.conversation));
  if (kept === null || !("thread" in kept) || kept.thread !== thread.id) return fresh;
  const pass = { ...fresh, ...(kept as Partial<Pass>) };
  if (pass.sent === 0) return pass;
  const asked = events.some((e) => e.kind === "transfer.ended" && e.body.transfer === pass.sent && e.body.how !== "accepted");
  // Asked in vain: whoever is asked next is chosen anew, and all that was typed stays; what was said is not said again.
  return asked ? { ...pass, target: "", how: "", say: null, sent: 0, told: true } : fresh;
}

/** keepPass keeps what is typed; null forgets it. */
export function keepPass(storage: KeptStorage, me: string, conversation: ConversationId, pass: Pass | null): void {
  writeKept(storage, keyOf(me, conversation), pass);
}
