/** Whether this device is reached when no page is open, and switching that. */
import { api, attempt } from "../state/server";
import { registerWorker } from "./worker";

/** DeviceState is how it stands, each with a remedy in words. */
export type DeviceState = "on" | "off" | "denied" | "unsupported" | "install" | "insecure" | "switched-off" | "refused";

/** Browser is what there is to ask of it; a parameter, so that each state can be tried. */
export interface Browser {
  secure: boolean;
  worker: boolean;
  push: boolean;
  permission: NotificationPermission | "missing";
  /** An iPhone or iPad, where only what lies on the home screen is pushed to. */
  apple: boolean;
}

/** thisBrowser asks the browser that the page runs in. */
export function thisBrowser(): Browser {
  return {
    secure: window.isSecureContext,
    worker: "serviceWorker" in navigator,
    push: "PushManager" in window,
    permission: "Notification" in window ? Notification.permission : "missing",
    apple: /iPhone|iPad/.test(navigator.userAgent) || (navigator.userAgent.includes("Mac") && navigator.maxTouchPoints > 1),
  };
}

/** hindrance is why a browser cannot be pushed to; null = it can. */
export function hindrance(browser: Browser, key: string): DeviceState | null {
  if (key === "") return "switched-off";
  if (!browser.secure) return "insecure";
  if (!browser.worker || !browser.push || browser.permission === "missing") return browser.apple ? "install" : "unsupported";
  return browser.permission === "denied" ? "denied" : null;
}

/** lookAtDevice tells how it stands; null = the server cannot be reached. */
export async function lookAtDevice(): Promise<DeviceState | null> {
  const known = await attempt(api.pushState());
  if (!known.ok) return null;
  const hindered = hindrance(thisBrowser(), known.value.key);
  if (hindered !== null) return hindered;
  const registered = await navigator.serviceWorker.getRegistration("/");
  const subscribed = (await registered?.pushManager.getSubscription()) ?? null;
  return known.value.on && subscribed !== null ? "on" : "off";
}

/** reachDevice asks the browser and subscribes; call it from a click. */
export async function reachDevice(): Promise<DeviceState | null> {
  const known = await attempt(api.pushState());
  if (!known.ok) return null;
  const hindered = hindrance(thisBrowser(), known.value.key);
  if (hindered !== null) return hindered;
  if ((await Notification.requestPermission()) !== "granted") return hindrance(thisBrowser(), known.value.key) ?? "off";
  const subscribed = await subscribe(await registerWorker(), known.value.key);
  if (subscribed === null) return "refused";
  const kept = await attempt(api.subscribe(subscribed.toJSON()));
  if (kept.ok) return "on";
  await subscribed.unsubscribe();
  throw kept.failure;
}

/** The browser asks its maker's push service for an address: that may fail for reasons of the network alone. */
async function subscribe(worker: ServiceWorkerRegistration, key: string): Promise<PushSubscription | null> {
  try {
    return await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  } catch {
    return null;
  }
}

/** leaveDevice takes it back, at the server first: what it does not know it cannot push to. */
export async function leaveDevice(): Promise<DeviceState | null> {
  const done = await attempt(api.unsubscribe());
  if (!done.ok) return null;
  const registered = await navigator.serviceWorker.getRegistration("/");
  await (await registered?.pushManager.getSubscription())?.unsubscribe();
  return "off";
}
