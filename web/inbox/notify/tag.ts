/** How notifications of the service worker are told apart. Pure. */
import type { Pushed } from "$kit/push-api.ts";

/** tagOf is one for all that is told about a Conversation. */
export function tagOf({ alert, conversation = "" }: Pick<Pushed, "alert" | "conversation">): string {
  return conversation === "" ? `alert:${alert}` : `conversation:${conversation}`;
}
