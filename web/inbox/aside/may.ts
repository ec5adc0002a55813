import { readsOnly } from "../conversation/guest";
import { inbox } from "../state/session.svelte";

/** mayAsk reports whether one may ask colleagues about a Conversation. */
export function mayAsk(id: string): boolean {
  const thread = inbox().state.rows.get(id)?.thread;
  return thread !== undefined && thread.state !== "closed" && !readsOnly(thread, inbox().me);
}
