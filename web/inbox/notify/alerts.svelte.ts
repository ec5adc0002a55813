/** Sound and desktop notifications of the signed-in agent, and his wishes about them. */
import { undisturbedUntil } from "$kit/badge.ts";
import type { State } from "$kit/reducer.ts";
import type { AlertWishes } from "$kit/push-api.ts";
import type { Agent, Down } from "$kit/wire.ts";
import { ring } from "../offers/ring";
import { addressOf } from "../route";
import { openConversation } from "../router.svelte";
import { api, attempt } from "../state/server";
import { t, times, visitorText } from "../texts";
import { burst } from "./burst";
import { type Notice, calmed, noticeOf } from "./notice";
import { type Own, ownTag, owns } from "./own";
import { closeShown } from "./shown";
import { type Sound, type SoundKind, soundKindOf, soundOf } from "./soundkinds";
import { standing } from "./standing";
import { player } from "./tones";
import { unseen } from "./unseen";

export interface Wishes {
  sound: boolean;
  desktop: boolean;
}

export interface Alerts {
  readonly wishes: Wishes;
  /** What the browser allows: it is asked by a button only. */
  readonly permission: NotificationPermission | "missing";
  set(wishes: Partial<Wishes>): void;
  /** How each kind sounds: the agent's own wish, on every device. */
  readonly sounds: AlertWishes["sounds"];
  /** sound says how it sounds from now on in this page. */
  sound(wished: AlertWishes["sounds"]): void;
  /** play lets a sound be heard; call it from a click. */
  play(sound: Sound): void;
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
  offered(offer: { conversation: string; at: number; seq: number; name: string; text: string; passed: boolean }): () => void;
  stop(): void;
}

const place = "earshot.alerts";

/** createAlerts starts listening for what deserves the agent's attention; self is how he stands now. */
export function createAlerts(me: string, self: () => Agent | undefined): Alerts {
  let wishes = $state.raw<Wishes>(load());
  let permission = $state<NotificationPermission | "missing">("Notification" in window ? Notification.permission : "missing");
  let sounds = $state.raw<AlertWishes["sounds"]>(undefined);
  const tones = player();
  const again = unseen(me, (kind) => kind !== "offer" && undisturbed(self()));
  const own = owns();
  const shown = standing(me, own);
  const unlock = () => tones.unlock();
  for (const name of ["pointerdown", "keydown"]) document.addEventListener(name, unlock, { once: true, passive: true });

  void attempt(api.alertWishes()).then((kept) => {
    if (kept.ok) sounds = kept.value.sounds;
  });

  function hear(kind: SoundKind): void {
    const { tone, volume } = soundOf(kind, sounds);
    if (wishes.sound) tones.play(tone, volume);
  }

  const gathered = burst((notices) => {
    const [first] = notices;
    if (first) hear(soundKindOf(first));
    for (const notice of notices) {
      const kind = soundKindOf(notice);
      if (soundOf(kind, sounds).repeat) again.put(notice.conversation, kind, () => hear(kind));
    }
    if (wishes.desktop && permission === "granted" && !document.hasFocus()) void shown.show(notices);
  });

  /** calm takes back that help is wanted in a Conversation: somebody comes. */
  function calm(conversation: string): void {
    gathered.drop((notice) => notice.kind === "help" && notice.conversation === conversation);
  }

  // What rings goes on by itself until it is answered; who wants it once hears it once.
  let rung = false;
  const bell = ring(() => {
    if (!rung || soundOf("offer", sounds).repeat) hear("offer");
    rung = true;
  });
  const setBell = () => {
    const on = ringing.offer || ringing.invitation;
    if (!on) rung = false;
    bell.set(on);
  };

  const ringing = { offer: false, invitation: false };

  /** offer shows the notification in one tab, unless the offer is over by then. */
  async function offer(key: string, over: AbortSignal, told: Own): Promise<void> {
    if (!wishes.desktop || permission !== "granted" || !(await firstTab(key)) || over.aborted || document.hasFocus()) return;
    await own.show({ ...told, stays: true }, () => openConversation(told.conversation));
    const close = () => void own.close(told.tag);
    if (over.aborted) close();
    over.addEventListener("abort", close);
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
    get sounds() {
      return sounds;
    },
    sound: (wished) => {
      sounds = wished;
    },
    play: ({ tone, volume }) => {
      tones.unlock();
      tones.play(tone, volume);
    },
    ask: async () => {
      if ("Notification" in window) permission = await Notification.requestPermission();
    },
    test: () => {
      tones.unlock();
      hear("message");
      if (wishes.desktop && permission === "granted")
        new Notification(t("alerts.test.title"), { body: t("alerts.test.body"), tag: "test" });
    },
    frame: (frame, before) => {
      again.heard(frame, before);
      if (frame.type === "event" && frame.event.kind === "alert.ended") {
        const { alert, kind, conversation = "" } = frame.event.body;
        void closeShown(alert).then(() => own.close(ownTag(kind, conversation, "")));
      }
      shown.heard(frame, before);
      const over = calmed(frame, before);
      if (over !== "") calm(over);
      const notice = noticeOf(frame, before, me);
      // What is said in the talk that he looks at needs no bell.
      const looking = notice?.talk !== undefined && document.hasFocus() && before.talks.has(notice.conversation);
      if (notice && !looking && (notice.kind === "assigned" || !undisturbed(self()))) void tell(notice);
    },
    ring: (on) => {
      ringing.offer = on;
      setBell();
    },
    invited: (on) => {
      ringing.invitation = on;
      setBell();
    },
    offered: ({ conversation, at, seq, name, text, passed }) => {
      const over = new AbortController();
      const told = {
        title: t("alerts.offer", { name: visitorText(name, "a") }),
        body: text,
        tag: ownTag(passed ? "transfer" : "offer", conversation, ""),
        seq,
        conversation,
        address: addressOf({ name: "inbox", conversation, at: null }),
      };
      void offer(`${conversation}:offer:${at}`, over.signal, told);
      return () => over.abort();
    },
    stop: () => {
      gathered.stop();
      again.stop();
      bell.stop();
      for (const name of ["pointerdown", "keydown"]) document.removeEventListener(name, unlock);
    },
  };
}

/** Whoever does not want to be disturbed hears of nothing but chats that are offered or given to him. */
function undisturbed(me: Agent | undefined): boolean {
  return me !== undefined && undisturbedUntil(me, times.now()) > 0;
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
