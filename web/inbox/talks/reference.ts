/** Addresses of this inbox in a text: what a message refers to. Pure. */
import type { Reference } from "$kit/channels-api.ts";
import { linkify } from "$kit/linkify.ts";
import { addressOf, parseRoute } from "../route.ts";

/** So many cards one message has at most, as the server says. */
export const mostCards = 5;

/** referencesIn lists what the addresses in a text lead to, each once. */
export function referencesIn(text: string, origin: string): Reference[] {
  const found = new Map<string, Reference>();
  for (const piece of linkify(text)) {
    const ref = piece.href === undefined ? null : referenceOf(piece.href, origin);
    if (ref) found.set(`${ref.conversation} ${ref.seq ?? ""}`, ref);
  }
  return [...found.values()].slice(0, mostCards);
}

/** referenceOf is what an address leads to; null where it is none of this inbox's conversations. */
export function referenceOf(href: string, origin: string): Reference | null {
  const url = URL.canParse(href) ? new URL(href) : null;
  if (url?.origin !== origin) return null;
  const route = parseRoute(url);
  const id = route.name === "inbox" ? route.conversation : route.name === "talks" ? route.talk : null;
  if (id === null || (route.name !== "inbox" && route.name !== "talks")) return null;
  return { conversation: id, ...(route.at === null ? {} : { seq: route.at }) };
}

/** linkTo is the address of a message, or of a whole conversation, to be copied. */
export function linkTo(origin: string, talk: boolean, conversation: string, at: number | null): string {
  return origin + addressOf(talk ? { name: "talks", talk: conversation, at } : { name: "inbox", conversation, at });
}
