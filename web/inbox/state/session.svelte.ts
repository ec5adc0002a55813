/** Who is signed in on this device, and the one inbox that belongs to him. */
import type { Me } from "$kit/agent-api.ts";
import type { Handover } from "$kit/routing-api.ts";
import type { Down } from "$kit/wire.ts";
import { go, route } from "../router.svelte";
import type { Route } from "../route";
import { setServerTime } from "./clock.svelte";
import { type Inbox, createInbox } from "./inbox.svelte";
import { type Outgo, createOutgo } from "./outgo.svelte";
import { type Alerts, createAlerts } from "../notify/alerts.svelte";
import { type Failure, api, attempt } from "./server";
import { wipe } from "./wipe";

export interface Session {
  phase: "unknown" | "out" | "in" | "unreachable";
  /** Why the last session is over, for the sign-in screen. */
  ended: "signed-out" | "revoked" | null;
  /** Where the person wanted to go before he had to sign in. */
  back: Route | null;
  id: string;
  workspace: Me["workspace"] | null;
  /** The account was made a moment ago. */
  first: boolean;
}

const outside: Session = { phase: "unknown", ended: null, back: null, id: "", workspace: null, first: false };

let present = $state.raw<Session>(outside);
let desk = $state.raw<{ inbox: Inbox; outgo: Outgo; alerts: Alerts } | null>(null);

/** Who wants to know of each frame. */
const followers = new Set<(frame: Down) => void>();

/** onFrame calls back for each frame of the stream until it is stopped. */
export function onFrame(follow: (frame: Down) => void): () => void {
  followers.add(follow);
  return () => void followers.delete(follow);
}

/** session is the present sign-in. */
export function session(): Session {
  return present;
}

/** inbox is the store of the signed-in agent; only screens behind the sign-in may ask. */
export function inbox(): Inbox {
  return signedIn().inbox;
}

/** outgo is what the signed-in agent writes: outbox and drafts. */
export function outgo(): Outgo {
  return signedIn().outgo;
}

/** alerts is how the signed-in agent is told of what comes. */
export function alerts(): Alerts {
  return signedIn().alerts;
}

function signedIn() {
  if (desk === null) throw new Error("inbox: nobody is signed in");
  return desk;
}

/** enter looks who is signed in and opens the inbox for him. */
export async function enter(options: { first?: boolean } = {}): Promise<void> {
  const who = await attempt(api.me());
  if (!who.ok) {
    const out = who.failure.kind === "signed-out" || who.failure.kind === "denied";
    present = { ...present, phase: out ? "out" : "unreachable" };
    return;
  }
  setServerTime(who.value.workspace.now);
  leaveDesk();
  const me = who.value.me;
  const alerting = createAlerts(me.id, () => desk?.inbox.me);
  const store = createInbox({
    me,
    session: who.value.session,
    onFrame: (frame, before) => {
      alerting.frame(frame, before);
      desk?.outgo.heard(frame);
      for (const follow of followers) follow(frame);
    },
    onEnded: () => over("revoked"),
    onLine: (line) => {
      if (line.kind === "live") desk?.outgo.wake();
      if (line.kind === "stopped" && (line.why === "signed-out" || line.why === "revoked")) over(line.why);
      if (line.kind === "stopped" && line.why === "outdated") window.location.reload();
    },
  });
  desk = { inbox: store, outgo: createOutgo(me.id, store), alerts: alerting };
  present = { ...outside, phase: "in", id: who.value.session, workspace: who.value.workspace, first: options.first ?? false };
}

/** over ends this sign-in on the screen: somebody ended it, or it ran out. */
export function over(why: "signed-out" | "revoked"): void {
  if (present.phase === "out") return;
  const back = route();
  leaveDesk();
  present = { ...outside, phase: "out", ended: why, back: back.name === "sign-in" ? null : back };
  go({ name: "sign-in" }, { replace: true });
}

/**
 * leave signs out here and forgets everything that this browser kept; drafts lie
 * on the server by then. Where the server cannot be reached nothing happens and
 * the failure is answered: the cookie would still open this inbox. So it is where
 * chats are open and nobody has said how they go on. The page is
 * loaded anew at the end, so that nothing is left in its memory either.
 */
export async function leave(chats?: Handover): Promise<Failure | null> {
  await desk?.outgo.drafts.flush().catch(() => undefined);
  const done = await attempt(api.signOut(chats));
  if (!done.ok && done.failure.kind !== "signed-out") return done.failure;
  await desk?.outgo.clear();
  leaveDesk();
  present = { ...outside, phase: "out", ended: "signed-out" };
  await wipe();
  window.location.replace("/sign-in");
  return null;
}

function leaveDesk(): void {
  desk?.inbox.stop();
  desk?.outgo.stop();
  desk?.alerts.stop();
  desk = null;
}
