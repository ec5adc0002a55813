/**
 * The service worker: shows pushes, tells the server that they were shown, and
 * opens what they are about. It keeps nothing: no page and no answer is cached.
 */
import { caller } from "$kit/api.ts";
import { push } from "$kit/push-api.ts";
import { onSafari, readPushed, shownOf } from "./notify/pushed";
import { type Kept, isNews } from "./notify/tag";
import { inTurn } from "./notify/turn";
import { badgeIcon } from "./shell/icon";

declare const self: ServiceWorkerGlobalScope;

const api = push(caller());

/** tell is of use to the delivery log and to other devices: what cannot be told is not worth an error to the person. */
const tell = (work: Promise<unknown>) => work.catch(() => undefined);

self.addEventListener("install", () => void self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => event.waitUntil(show(event.data?.text() ?? "")));

async function show(text: string): Promise<void> {
  const pushed = readPushed(text);
  const silent = pushed?.kind === "check";
  if (!silent || !(await mayBeSilent())) {
    const { title, body, tag, address } = shownOf(pushed);
    const data: Kept = {
      alert: pushed?.alert ?? "",
      count: pushed?.count ?? 1,
      seq: pushed?.seq ?? 0,
      conversation: pushed?.conversation ?? "",
      address,
    };
    await inTurn(async () => {
      const [before] = await self.registration.getNotifications({ tag });
      // Without renotify what takes another's place makes no sound and does not wake the screen.
      const renotify = !silent && isNews(before?.data as Kept | undefined, data);
      const told = { body, tag, data, silent, icon: "/icon-192.png", badge: "/badge.png", renotify };
      await self.registration.showNotification(title, told);
    });
    await countAtIcon();
  }
  if (pushed !== null) await tell(api.alertShown(pushed.alert));
}

/** countAtIcon shows at the icon how many notifications wait, while no page is there, which knows what waits at all. */
async function countAtIcon(): Promise<void> {
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (pages.length > 0) return;
  const shown = await self.registration.getNotifications();
  badgeIcon(shown.filter((one) => !one.silent).length);
}

/**
 * mayBeSilent reports whether a test may show nothing. Browsers let a push do so while its person looks at a page of
 * ours; otherwise they put up words of their own, or end the subscription. Safari never lets it.
 */
async function mayBeSilent(): Promise<boolean> {
  if (onSafari(navigator.userAgent)) return false;
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  return pages.some((page) => page.visibilityState === "visible");
}

// The browser, or its push service, has ended the subscription and may have made another.
self.addEventListener("pushsubscriptionchange", (event) => {
  const { newSubscription } = event as Event & { newSubscription?: PushSubscription | null };
  (event as ExtendableEvent).waitUntil(tell(renew(newSubscription ?? null)));
});

/**
 * renew tells the server where this device is reached from now on. It does not ask whether the server knows the device still: of a
 * subscription that has ended the push service tells it first, and it forgets it. A device that was switched off has none to change.
 */
async function renew(made: PushSubscription | null): Promise<void> {
  const { key } = await api.pushState();
  if (key === "") return;
  const subscribed = made ?? (await self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }));
  await api.subscribe(subscribed.toJSON());
}

self.addEventListener("notificationclick", (event) => {
  const kept = event.notification.data as Kept;
  event.notification.close();
  event.waitUntil(Promise.all([open(kept.address), dismissed(kept), putAway(kept.conversation)]));
});

/** putAway takes down what else is shown about a Conversation that is opened: the page has all of it. */
async function putAway(conversation: string): Promise<void> {
  if (conversation === "") return;
  await inTurn(async () => {
    for (const shown of await self.registration.getNotifications())
      if ((shown.data as Kept | null)?.conversation === conversation) shown.close();
  });
}

/** open shows an address in a page that is there, else in a new one. */
async function open(address: string): Promise<void> {
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const page = pages.find((p) => p.visibilityState === "visible") ?? pages[0];
  if (page === undefined) {
    await self.clients.openWindow(address);
    return;
  }
  page.postMessage({ type: "earshot.open", address });
  await page.focus();
}

self.addEventListener("notificationclose", (event) =>
  event.waitUntil(Promise.all([dismissed(event.notification.data as Kept), countAtIcon()])),
);

async function dismissed({ alert }: Kept): Promise<void> {
  if (alert !== "") await tell(api.alertSeen(alert));
}
