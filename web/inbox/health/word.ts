/** What a page says of itself to the server. */
import type { PageWord } from "$kit/reach-api.ts";

type Sound = PageWord["sound"];

/** So long a browser has to start a sound; one that blocks it never does. */
const startMs = 500;

/** soundOf tries whether this page may make a sound, without making one. */
export async function soundOf(wanted: boolean): Promise<Sound> {
  if (!wanted) return "off";
  if (!("AudioContext" in window)) return "missing";
  let audio: AudioContext;
  try {
    audio = new AudioContext();
  } catch {
    return "missing"; // Nothing plays it.
  }
  try {
    if (audio.state !== "running") await Promise.race([audio.resume(), new Promise((resolve) => setTimeout(resolve, startMs))]);
    return audio.state === "running" ? "on" : "blocked";
  } finally {
    await audio.close();
  }
}

/** noticesOf is what the browser allows of notifications. */
export function noticesOf(): PageWord["notices"] {
  return "Notification" in window ? Notification.permission : "missing";
}

/** isSubscribed reports whether this browser has a subscription to be pushed to. */
export async function isSubscribed(): Promise<boolean> {
  if (!("serviceWorker" in navigator) || !("PushManager" in window)) return false;
  const registered = await navigator.serviceWorker.getRegistration("/");
  return ((await registered?.pushManager.getSubscription()) ?? null) !== null;
}

/** So late a timer is that its page sleeps, as internal/chat has it. */
const asleepMs = 75_000;

/** worthSaying is what of a word is worth a request as soon as it changes. */
export function worthSaying({ sound, notices, wanted, subscribed, late_ms }: PageWord): string {
  return JSON.stringify([sound, notices, wanted, subscribed, late_ms >= asleepMs]);
}
