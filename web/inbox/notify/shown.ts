/** What the service worker shows on this device. */

/** closeShown takes down what the worker shows about Conversations, on this device. */
export async function closeShown(tags: ReadonlySet<string>): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  const registered = await navigator.serviceWorker.getRegistration("/");
  for (const shown of (await registered?.getNotifications()) ?? []) if (tags.has(shown.tag)) shown.close();
}
