/**
 * The service worker: shows pushes, and opens what they are about. It keeps nothing: no page and no answer is cached.
 */
import { readPushed, shownOf } from "./notify/pushed";

declare const self: ServiceWorkerGlobalScope;

interface Kept {
  address: string;
}

self.addEventListener("install", () => void self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => event.waitUntil(show(event.data?.text() ?? "")));

async function show(text: string): Promise<void> {
  const pushed = readPushed(text);
  const { title, body, tag, address } = shownOf(pushed);
  const data: Kept = { address };
  await self.registration.showNotification(title, { body, tag, data, icon: "/icon-192.png", badge: "/badge.png" });
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open((event.notification.data as Kept).address));
});

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
