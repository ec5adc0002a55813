/** What the service worker shows on this device. */
import { type Kept, checkTag } from "./tag";
import { inTurn } from "./turn";

/** closeShown takes down what the worker shows of an alert, and nothing else about its Conversation. */
export function closeShown(alert: string): Promise<void> {
  return takeDown(({ data }) => (data as Kept | null)?.alert === alert);
}

/** closeTests takes down what a silent test has shown. */
export function closeTests(): Promise<void> {
  return takeDown(({ tag }) => tag === checkTag);
}

async function takeDown(over: (shown: Notification) => boolean): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  const registered = await navigator.serviceWorker.getRegistration("/");
  await inTurn(async () => {
    for (const shown of (await registered?.getNotifications()) ?? []) if (over(shown)) shown.close();
  });
}
