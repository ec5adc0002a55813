/** How much of coaching waits for the own eyes: the number at the rail. */
import { pageEnv, refresh } from "../state/refresh";
import { api, attempt } from "../state/server";
import { onFrame } from "../state/session.svelte";
import { say } from "../state/toasts.svelte";
import { t } from "../texts";
import { go } from "../router.svelte";

let waits = $state(0);
let received: number | null = null;

/** coachingWaits is the number. */
export function coachingWaits(): number {
  return waits;
}

/** followCoaching keeps the number fresh until it is stopped, and says once when feedback has come. */
export function followCoaching(): () => void {
  const again = async () => {
    const outcome = await attempt(api.coaching());
    if (!outcome.ok) return;
    const { counts } = outcome.value;
    waits = counts.received + counts.waiting + counts.consents + counts.grades;
    if (received !== null && counts.received > received) {
      say(t("coaching.received"), { action: { label: t("coaching.look"), run: () => go({ name: "coaching", part: "received" }) } });
    }
    received = counts.received;
  };
  const live = refresh(again, pageEnv, rarely);
  const off = onFrame((frame) => {
    if (frame.type === "event" && frame.event.kind === "coaching.changed") live.poke();
  });
  return () => {
    live.stop();
    off();
    received = null;
  };
}

/** Nothing changes without an event: what is asked anyway is for a line that was down, in milliseconds. */
const rarely = 120_000;
