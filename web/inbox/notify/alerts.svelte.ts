/** Sound and desktop notifications of the signed-in agent, and his wishes about them. */
import type { State } from "$kit/reducer.ts";
import { sounds } from "$kit/sounds.ts";
import type { Down } from "$kit/wire.ts";
import { ring } from "../offers/ring";
import { openConversation, openTalk } from "../router.svelte";
import { type VisitorForm, t, visitorText } from "../texts";
import { burst } from "./burst";
import { type Notice, calmed, noticeOf } from "./notice";
import { closeShown } from "./shown";

export interface Wishes {
  sound: boolean;
  desktop: boolean;
}

export interface Alerts {
  readonly wishes: Wishes;
  /** What the browser allows: it is asked by a button only. */
  readonly permission: NotificationPermission | "missing";
  set(wishes: Partial<Wishes>): void;
  /** ask asks the browser for desktop notifications; call it from a click. */
  ask(): Promise<void>;
  /** test makes the sound and a notification, so that a person knows how they come. */
  test(): void;
  frame(frame: Down, before: State): void;
  /** ring calls again and again while something is offered to the agent. */
  ring(on: boolean): void;
  /** invited does the same while the agent is asked into a chat. */
  invited(on: boolean): void;
  /** offered shows a notification of an offer; what it answers takes it away. */
  offered(offer: { conversation: string; at: number; name: string; text: string }): () => void;
  stop(): void;
}

const place = "earshot.alerts";

/** createAlerts starts listening for what deserves the agent's attention. */
export function createAlerts(me: string): Alerts {
  let wishes = $state.raw<Wishes>(load());
  let permission = $state<NotificationPermission | "missing">("Notification" in window ? Notification.permission : "missing");
  const player = sounds();
  /** The notifications that call for help and are still shown, by Conversation. */
  const calls = new Map<string, Notification>();
  const unlock = () => player.unlock();
  for (const name of ["pointerdown", "keydown"]) document.addEventListener(name, unlock, { once: true, passive: true });

  const gathered = burst((notices) => {
    if (wishes.sound) player.ping();
    if (wishes.desktop && permission === "granted" && !document.hasFocus()) show(notices, calls);
  });

  /** calm takes back that help is wanted in a Conversation: somebody comes. */
  function calm(conversation: string): void {
    gathered.drop((notice) => notice.kind === "help" && notice.conversation === conversation);
    calls.get(conversation)?.close();
    calls.delete(conversation);
  }

  const bell = ring(() => {
    if (wishes.sound) player.ring();
  });

  const ringing = { offer: false, invitation: false };

  /** offer shows the notification in one tab, unless the offer is over by then. */
  async function offer(tag: string, over: AbortSignal, make: () => Notification): Promise<void> {
    if (!wishes.desktop || permission !== "granted" || !(await firstTab(tag)) || over.aborted || document.hasFocus()) return;
    const notification = make();
    over.addEventListener("abort", () => notification.close());
  }

  async function tell(notice: Notice): Promise<void> {
    if (await firstTab(notice.tag)) gathered.put(notice);
  }

  return {
    get wishes() {
      return wishes;
    },
    get permission() {
      return permission;
    },
    set: (change) => {
      wishes = { ...wishes, ...change };
      try {
        window.localStorage.setItem(place, JSON.stringify(wishes));
      } catch {
        // Storage is blocked: the wish holds until the page is closed.
      }
    },
    ask: async () => {
      if ("Notification" in window) permission = await Notification.requestPermission();
    },
    test: () => {
      player.unlock();
      if (wishes.sound) player.ping();
      if (wishes.desktop && permission === "granted")
        new Notification(t("alerts.test.title"), { body: t("alerts.test.body"), tag: "test" });
    },
    frame: (frame, before) => {
      if (frame.type === "event" && frame.event.kind === "alert.ended") void closeShown(frame.event.body.alert);
      const over = calmed(frame, before);
      if (over !== "") calm(over);
      const notice = noticeOf(frame, before, me);
      // What is said in the talk that he looks at needs no bell.
      const looking = notice?.talk !== undefined && document.hasFocus() && before.talks.has(notice.conversation);
      if (notice && !looking) void tell(notice);
    },
    ring: (on) => {
      ringing.offer = on;
      bell.set(ringing.offer || ringing.invitation);
    },
    invited: (on) => {
      ringing.invitation = on;
      bell.set(ringing.offer || ringing.invitation);
    },
    offered: ({ conversation, at, name, text }) => {
      const over = new AbortController();
      const tag = `${conversation}:offer:${at}`;
      void offer(tag, over.signal, () => {
        const notification = new Notification(t("alerts.offer", { name: visitorText(name, "a") }), {
          body: text,
          tag,
          requireInteraction: true,
        });
        notification.onclick = () => {
          window.focus();
          openConversation(conversation);
        };
        return notification;
      });
      return () => over.abort();
    },
    stop: () => {
      gathered.stop();
      bell.stop();
      for (const name of ["pointerdown", "keydown"]) document.removeEventListener(name, unlock);
    },
  };
}

function load(): Wishes {
  try {
    const kept: unknown = JSON.parse(window.localStorage.getItem(place) ?? "{}");
    const found = typeof kept === "object" && kept !== null ? (kept as Partial<Wishes>) : {};
    return { sound: found.sound !== false, desktop: found.desktop !== false };
  } catch {
    return { sound: true, desktop: true };
  }
}

/** firstTab is true in one tab alone: the others of the same person stay quiet. */
async function firstTab(tag: string): Promise<boolean> {
  if (!("locks" in navigator)) return true;
  return new Promise((answer) => {
    void navigator.locks.request(`earshot.notice.${tag}`, { ifAvailable: true }, async (lock) => {
      answer(lock !== null);
      if (lock !== null) await new Promise((resolve) => setTimeout(resolve, 3000));
    });
  });
}

/** How a visitor without a name stands in the sentence, where he is not the one who acts. */
const forms: Partial<Record<Notice["kind"], VisitorForm>> = {
  due: "a.dat",
  hops: "a.dat",
  help: "a.dat",
  alarm: "a.acc",
  "promise.soon": "a.dat",
  "promise.overdue": "a.dat",
};

function titleOf(notice: Notice): string {
  if (notice.talk) return t(`alerts.${notice.kind === "mention" ? "mention" : "talk"}.in`, { name: notice.name, place: notice.talk });
  return t(`alerts.${notice.kind}`, { name: visitorText(notice.name, forms[notice.kind] ?? "a") });
}

function show(notices: readonly Notice[], calls: Map<string, Notification>): void {
  const [notice] = notices;
  if (notice === undefined) return;
  if (notices.length > 1) {
    const many = new Notification(t("alerts.many", { n: notices.length }), { tag: "many" });
    many.onclick = () => {
      window.focus();
      many.close();
    };
    return;
  }
  const title = titleOf(notice);
  const notification = new Notification(title, { body: notice.text, tag: notice.tag });
  if (notice.kind === "help") calls.set(notice.conversation, notification);
  notification.onclick = () => {
    window.focus();
    (notice.talk === undefined ? openConversation : openTalk)(notice.conversation, notice.at ?? null);
    notification.close();
  };
}
