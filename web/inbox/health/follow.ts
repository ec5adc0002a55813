/** The page's side of alert health: it tells the server whether it is heard. */
import { caller } from "$kit/api.ts";
import { type PageWord, reachApi } from "$kit/reach-api.ts";
import { closeTests } from "../notify/shown";
import { attempt } from "../state/server";
import { onFrame } from "../state/session.svelte";
import { stays } from "./ghosts";
import { lateness, tickMs } from "./late";
import { isSubscribed, noticesOf, soundOf, worthSaying } from "./word";

/** A word holds for 70 minutes; it is said again every hour, changed or not. */
const againMs = 3_600_000;

/** So often a page looks whether something has changed that no event tells of. */
const lookMs = 300_000;

/** followHealth tells the server whether this page is heard, until it is stopped; told is called when it has. */
export function followHealth(wishes: () => { sound: boolean; desktop: boolean }, told: () => void): () => void {
  const api = reachApi(caller());
  const last = reachApi(caller({ fetch: (input, init) => fetch(input, { ...init, keepalive: true }) }));
  const page = crypto.randomUUID();
  const late = lateness();
  const off = new AbortController();
  /** What is under way ends before the page is said to be closed: it must not come after that. */
  let saying = new AbortController();
  let said = "";
  let saidAt = Number.NEGATIVE_INFINITY;
  let lookedAt = Number.NEGATIVE_INFINITY;
  /** Nothing is said before the others of this device know that this page is there. */
  let asking = stays(page, off.signal);

  async function word(): Promise<PageWord> {
    const { sound, desktop } = wishes();
    return {
      page,
      sound: await soundOf(sound),
      notices: noticesOf(),
      wanted: desktop,
      subscribed: await isSubscribed(),
      hidden: document.visibilityState === "hidden",
      late_ms: late.most(),
    };
  }

  /** look says a word where it is new, is due again, or was asked for. */
  async function look(asked: boolean): Promise<void> {
    lookedAt = performance.now();
    const now = await word();
    if (off.signal.aborted || (!asked && worthSaying(now) === said && performance.now() - saidAt < againMs)) return;
    const done = await attempt(api.say(now, saying.signal));
    // What was not heard is said at the next look.
    said = done.ok ? worthSaying(now) : "";
    if (!done.ok) return;
    saidAt = performance.now();
    told();
  }

  /** One look after the other, so that the newest word is the last one. */
  const poke = (asked = false) => {
    asking = asking.then(() => look(asked));
  };

  let due = performance.now() + tickMs;
  const timer = setInterval(() => {
    const now = performance.now();
    late.tick(due, now, document.visibilityState === "hidden");
    due = now + tickMs;
    if (said === "" || now - lookedAt >= lookMs || late.most() > 0) poke();
  }, tickMs);

  const on = { signal: off.signal };
  // The first touch is what lets a page make sounds; the sound is unlocked by then.
  for (const name of ["pointerup", "keyup"]) document.addEventListener(name, () => poke(), { ...on, once: true, passive: true });
  document.addEventListener(
    "visibilitychange",
    () => {
      if (document.visibilityState === "hidden") return;
      late.woke();
      void closeTests();
      poke();
    },
    on,
  );
  const leave = () => {
    saying.abort();
    void attempt(last.leave(page));
  };
  window.addEventListener("pagehide", leave, on);
  window.addEventListener(
    "pageshow",
    (event) => {
      if (!event.persisted) return;
      saying = new AbortController();
      poke(true);
    },
    on,
  );
  void watchPermission(() => poke(), off.signal);
  const unfollow = onFrame((frame) => {
    if (frame.type === "signal" && frame.signal.kind === "check") poke(true);
  });
  poke();
  return () => {
    off.abort();
    clearInterval(timer);
    unfollow();
    leave();
  };
}

/** watchPermission calls back when the browser allows notifications or forbids them, where it tells. */
async function watchPermission(changed: () => void, signal: AbortSignal): Promise<void> {
  try {
    const status = await navigator.permissions.query({ name: "notifications" });
    status.addEventListener("change", changed, { signal });
  } catch {
    // An old browser does not tell: the next look finds it out.
  }
}
