/** The history router: one reactive route, real addresses, plain links. */
import { addressOf, parseRoute, type Route } from "./route";

/** Entry is what the history keeps of a page: the address that it was opened from, and whether it is the side page of that. */
interface Entry {
  under?: string;
  side?: boolean;
}

let current = $state.raw<Route>(parseRoute(window.location));
let side = $state(entry().side === true);
/** The side page is being left: its entry may still go to where one goes at once. */
let leaving = false;

/** route is the present screen; reading it in a component or effect follows it. */
export function route(): Route {
  return current;
}

/** go shows a screen and puts its address into the history. */
export function go(to: Route, options: { replace?: boolean } = {}): void {
  const address = addressOf(to);
  const here = window.location.pathname + window.location.search;
  if (options.replace || leaving || address === here) {
    history.replaceState({ under: entry().under } satisfies Entry, "", address);
  } else {
    history.pushState({ under: here } satisfies Entry, "", address);
  }
  leaving = false;
  side = false;
  current = to;
}

/**
 * up leaves a Conversation or a talk for what it was opened from, so that the history has one entry for each page.
 * Where that was another one, or nothing as after a click on a notification, it shows the list.
 */
export function up(list: Route): void {
  const { under } = entry();
  const below = under === undefined ? undefined : parseRoute(new URL(under, window.location.origin));
  if (below !== undefined && kindRead(below) !== kindRead(current)) history.back();
  else go(list, { replace: true });
}

/** sideShown reports whether the page beside the open one is shown in its place, where there is no room for both. */
export function sideShown(): boolean {
  return side;
}

/** showSide opens or leaves the page beside the open one. It has an entry of its own, so that the browser's Back leaves it too. */
export function showSide(on: boolean): void {
  if (on === side) return;
  side = on;
  if (on) {
    history.pushState({ under: window.location.pathname + window.location.search, side } satisfies Entry, "");
    return;
  }
  leaving = true;
  queueMicrotask(() => {
    if (leaving) history.back();
    leaving = false;
  });
}

/**
 * underlay puts the list under a Conversation or a talk that a window was opened with, as a notification does: Back
 * leads to the list then, and not out of the application.
 */
export function underlay(): void {
  if (history.state !== null || history.length > 1 || kindRead(current) === null) return;
  const address = window.location.pathname + window.location.search;
  const list = addressOf(
    current.name === "talks" ? { name: "talks", talk: null, at: null } : { name: "inbox", conversation: null, at: null },
  );
  history.replaceState({} satisfies Entry, "", list);
  history.pushState({ under: list } satisfies Entry, "", address);
}

function entry(): Entry {
  return (history.state as Entry | null) ?? {};
}

/** Whether a route is one Conversation or one talk, and which of both. */
function kindRead(at: Route): "inbox" | "talks" | null {
  if (at.name === "inbox") return at.conversation === null ? null : "inbox";
  return at.name === "talks" && at.talk !== null ? "talks" : null;
}

/** openConversation shows a Conversation, at the message with a seq where one is named. */
export function openConversation(conversation: string | null, at: number | null = null): void {
  go({ name: "inbox", conversation, at });
}

/** openTalk shows a channel or a direct talk, at the message with a seq where one is named. */
export function openTalk(talk: string | null, at: number | null = null): void {
  go({ name: "talks", talk, at });
}

/** upward makes a link to a list lead back in the history where that list, or whatever it was opened from, is. */
export function upward(node: HTMLAnchorElement): { destroy(): void } {
  return following(node, () => up(parseRoute(new URL(node.href))));
}

/** link follows a plain click on an own address without loading the page again. */
export function link(node: HTMLAnchorElement): { destroy(): void } {
  return following(node, () => go(parseRoute(new URL(node.href))));
}

function following(node: HTMLAnchorElement, follow: () => void): { destroy(): void } {
  const click = (event: MouseEvent) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    follow();
  };
  node.addEventListener("click", click);
  return { destroy: () => node.removeEventListener("click", click) };
}

/** startRouter follows the browser's own back and forward until it is stopped. */
export function startRouter(): () => void {
  const follow = () => {
    current = parseRoute(window.location);
    side = entry().side === true;
  };
  window.addEventListener("popstate", follow);
  window.addEventListener("hashchange", follow);
  return () => {
    window.removeEventListener("popstate", follow);
    window.removeEventListener("hashchange", follow);
  };
}
