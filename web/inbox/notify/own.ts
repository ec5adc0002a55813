/** What an open page itself shows of a notice, in the place in which the service worker would. */
import { type Kept, tagOf } from "./tag";
import { inTurn } from "./turn";

/** Own is a notification of the page. */
export interface Own {
  title: string;
  body: string;
  tag: string;
  /** Up to which event it tells; a push that says no more is silent. */
  seq: number;
  conversation: string;
  /** Where a click leads. */
  address: string;
  /** It stands until it is answered. */
  stays?: boolean;
}

/** Owns shows them and takes them down. */
export interface Owns {
  show(own: Own, onclick: () => void): Promise<void>;
  /** close takes down what this device's pages show under a tag; under none it is nothing. */
  close(tag: string): Promise<void>;
  /** pushed reports whether this device is pushed to. */
  pushed(): Promise<boolean>;
}

/** ownTag is the place of a notice: the worker's own, where a push may come of it too. */
export function ownTag(kind: string, conversation: string, otherwise: string): string {
  const alert = alertKinds[kind];
  return alert === undefined ? otherwise : tagOf({ alert: "", kind: alert, conversation });
}

/** Of which kinds of notice somebody is pushed to, and how alerts call them. */
const alertKinds: Partial<Record<string, string>> = {
  message: "message",
  mention: "mention",
  talk: "talk",
  queued: "queue",
  queue: "queue",
  assigned: "assigned",
  offer: "offer",
  transfer: "transfer",
  help: "help",
  promise: "promise",
  "promise.soon": "promise",
  "promise.overdue": "promise",
};

/**
 * owns makes Owns. Where this device is pushed to, a page shows through the worker's
 * registration: two notifications of one thing would be one too many, and its click is
 * answered also when the page is closed.
 */
export function owns(pushed: () => Promise<ServiceWorkerRegistration | null> = pushedThrough): Owns {
  const standing = new Map<string, Notification>();
  return {
    show: async (own, onclick) => {
      const { title, body, tag, seq, conversation, address, stays = false } = own;
      const through = await pushed();
      if (through !== null) {
        const data: Kept = { alert: "", count: 0, seq, conversation, address };
        // TypeScript's own list does not know renotify.
        const told = { body, tag, data, renotify: true, requireInteraction: stays, icon: "/icon-192.png", badge: "/badge.png" };
        await inTurn(() => through.showNotification(title, told));
        return;
      }
      const notification = new Notification(title, { body, tag, requireInteraction: stays });
      standing.set(tag, notification);
      notification.onclose = () => standing.delete(tag);
      notification.onclick = () => {
        window.focus();
        onclick();
        notification.close();
      };
    },
    close: async (tag) => {
      if (tag === "") return; // a browser would list them all
      standing.get(tag)?.close();
      standing.delete(tag);
      const through = await pushed();
      if (through === null) return;
      await inTurn(async () => {
        for (const shown of await through.getNotifications({ tag })) if ((shown.data as Kept | null)?.alert === "") shown.close();
      });
    },
    pushed: async () => (await pushed()) !== null,
  };
}

/** pushedThrough is the registration of a device that is pushed to. */
async function pushedThrough(): Promise<ServiceWorkerRegistration | null> {
  if (!("serviceWorker" in navigator) || !("PushManager" in window)) return null;
  const registered = await navigator.serviceWorker.getRegistration("/");
  return registered && (await registered.pushManager.getSubscription()) !== null ? registered : null;
}
