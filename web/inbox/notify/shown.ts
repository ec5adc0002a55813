/** What the service worker shows on this device. */
import { type Kept, checkTag } from "./tag";

/** closeShown takes down what the worker shows of an alert, and nothing else about its Conversation. */
export async function closeShown(alert: string): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  const registered = await navigator.serviceWorker.getRegistration("/");
  for (const shown of (await registered?.getNotifications()) ?? []) if ((shown.data as Kept | null)?.alert === alert) shown.close();
}

/** closeTests takes down what a silent test has shown. */
export async function closeTests(): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  const registered = await navigator.serviceWorker.getRegistration("/");
  for (const shown of (await registered?.getNotifications({ tag: checkTag })) ?? []) shown.close();
}
