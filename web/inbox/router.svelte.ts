/** The history router: one reactive route, real addresses, plain links. */
import { addressOf, parseRoute, type Route } from "./route";

let current = $state.raw<Route>(parseRoute(window.location));

/** route is the present screen; reading it in a component or effect follows it. */
export function route(): Route {
  return current;
}

/** go shows a screen and puts its address into the history. */
export function go(to: Route, options: { replace?: boolean } = {}): void {
  const address = addressOf(to);
  if (options.replace || address === window.location.pathname + window.location.search) {
    history.replaceState(null, "", address);
  } else {
    history.pushState(null, "", address);
  }
  current = to;
}

/** openConversation shows a Conversation, at the message with a seq where one is named. */
export function openConversation(conversation: string | null, at: number | null = null): void {
  go({ name: "inbox", conversation, at });
}

/** openTalk shows a channel or a direct talk, at the message with a seq where one is named. */
export function openTalk(talk: string | null, at: number | null = null): void {
  go({ name: "talks", talk, at });
}

/** link follows a plain click on an own address without loading the page again. */
export function link(node: HTMLAnchorElement): { destroy(): void } {
  const click = (event: MouseEvent) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(parseRoute(new URL(node.href)));
  };
  node.addEventListener("click", click);
  return { destroy: () => node.removeEventListener("click", click) };
}

/** startRouter follows the browser's own back and forward until it is stopped. */
export function startRouter(): () => void {
  const follow = () => {
    current = parseRoute(window.location);
  };
  window.addEventListener("popstate", follow);
  window.addEventListener("hashchange", follow);
  return () => {
    window.removeEventListener("popstate", follow);
    window.removeEventListener("hashchange", follow);
  };
}
