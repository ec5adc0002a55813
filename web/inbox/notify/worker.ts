/** The page's side of the service worker. */
import { go } from "../router.svelte";
import { parseRoute } from "../route";

const file = "/sw.js";

/** What the browser lets make addresses of scripts; not every one has it. */
interface Policies {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string };
}

/** registerWorker installs the service worker, or finds that it is. */
export function registerWorker(): Promise<ServiceWorkerRegistration> {
  const policies = (window as { trustedTypes?: Policies }).trustedTypes;
  const only = (url: string) => {
    if (url !== file) throw new TypeError("inbox: there is one service worker");
    return url;
  };
  address ??= policies?.createPolicy("earshot-worker", { createScriptURL: only }).createScriptURL(file) ?? file;
  return navigator.serviceWorker.register(address, { scope: "/", updateViaCache: "none" }).then(() => navigator.serviceWorker.ready);
}

/** A policy of a name can be made once in a page. */
let address: string | undefined;

/** followWorker goes where a click on a notification leads, until it is stopped. */
export function followWorker(): () => void {
  if (!("serviceWorker" in navigator)) return () => undefined;
  const hear = (event: MessageEvent<unknown>) => {
    const said = event.data as { type?: unknown; address?: unknown } | null;
    if (said?.type !== "earshot.open" || typeof said.address !== "string") return;
    const to = new URL(said.address, window.location.origin);
    if (to.origin === window.location.origin) go(parseRoute(to));
  };
  navigator.serviceWorker.addEventListener("message", hear);
  navigator.serviceWorker.startMessages();
  return () => navigator.serviceWorker.removeEventListener("message", hear);
}
