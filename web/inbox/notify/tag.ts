/** How notifications of the service worker are told apart. Pure. */
import type { Pushed } from "$kit/push-api.ts";

/** A silent test has one place, whichever it is. */
export const checkTag = "check";

/** Kept is what a notification holds beside its words. */
export interface Kept {
  /** Which alert it shows, and how much that counted; "" = the open page shows something of its own. */
  alert: string;
  count: number;
  /** Up to which event it tells; 0 = not said. */
  seq: number;
  conversation: string;
  /** Where a click leads. */
  address: string;
}

/** tagOf is one for all of a kind that is told about a Conversation: what else is to be noticed there stands beside it. */
export function tagOf({ alert, kind, conversation = "" }: Pick<Pushed, "alert" | "kind" | "conversation">): string {
  if (kind === "check") return checkTag;
  return conversation === "" ? `alert:${alert}` : `${kind}:${conversation}`;
}

/** isNews reports whether what takes the place of another notification is to be heard: not where it says the same again, as after a server that was killed, or where an open page has told it. */
export function isNews(before: Kept | undefined, next: Kept): boolean {
  if (before?.alert === "") return before.seq < next.seq;
  return before === undefined || before.alert !== next.alert || before.count < next.count;
}
