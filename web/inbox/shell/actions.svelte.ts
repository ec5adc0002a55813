/** What the keys, the command bar and the buttons do: one function per action. */
import { roleOf } from "$kit/groupchat.ts";
import { answers, oversees } from "$kit/oversees.ts";
import type { Agent, ListName, Row } from "$kit/wire.ts";
import { readsOnly } from "../conversation/guest";
import { view } from "../list/view.svelte";
import { takesPart } from "../notify/notice";
import { go, openConversation, openTalk, route } from "../router.svelte";
import { asideKeys } from "../aside/keys.svelte";
import { mayAsk } from "../aside/may";
import { offerKeys } from "../offers/keys.svelte";
import { type Act, type Answer, type Full, type Holder, act, takeAbove, takeNext } from "../state/acts";
import { inbox } from "../state/session.svelte";
import { myLines } from "../triage/lines.svelte";
import { jumpOut, unwatch, watch } from "../watching/acts";
import { rightsOf } from "../watching/rights";
import { back, elsewhere, openPicked, show, step } from "./walk";
import { leavesWaiting } from "./closing";
import { type Action, forAnswering } from "./keys";
import { composerWish } from "./wish.svelte";

/** Step is a step into a chat that asks for a word. */
export type Step = "jump-in" | "take-over" | "flag";

type Dialog =
  | "help"
  | "command"
  | "taken"
  | "full"
  | "closing"
  | "pass"
  | "invite"
  | "ask"
  | "away"
  | "badge"
  | "quiet"
  | "sign-out"
  | "handover"
  | "coaching"
  | "watch-me"
  | "leave"
  | Step;

let dialog = $state<Dialog | null>(null);
let taken = $state.raw<{ conversation: string; holder: Holder } | null>(null);
let full = $state.raw<{ conversation: string; full: Full } | null>(null);
let closing = $state.raw<string | null>(null);
let passing = $state.raw<string | null>(null);
let stepping = $state.raw<string | null>(null);
let coaching = $state.raw<CoachingWish | null>(null);

/** CoachingWish is what the dialogs of coaching are asked for: about which Conversation, and up to which line. */
export interface CoachingWish {
  what: "moment" | "shadow" | "example";
  conversation: string;
  at?: number;
}
let inviting = $state.raw<string | null>(null);
let leaves = $state(false);

/** shell is which dialog is open over the inbox. */
export const shell = {
  get dialog(): Dialog | null {
    return dialog;
  },
  get taken(): { conversation: string; holder: Holder } | null {
    return taken;
  },
  /** The Conversation that would be above the own limit. */
  get full(): { conversation: string; full: Full } | null {
    return full;
  },
  /** The Conversation that is to be passed on. */
  get passing(): string | null {
    return passing;
  },
  /** What of coaching is being made. */
  get coaching(): CoachingWish | null {
    return dialog === "coaching" ? coaching : null;
  },
  coach(wish: CoachingWish): void {
    coaching = wish;
    dialog = "coaching";
  },
  /** The Conversation that somebody is to be asked into. */
  get inviting(): string | null {
    return inviting;
  },
  invite(conversation: string): void {
    inviting = conversation;
    dialog = "invite";
  },
  /** ask opens the question to colleagues about a Conversation. */
  ask(conversation: string): void {
    stepping = conversation;
    dialog = "ask";
  },
  /** The Conversation that a step or an invitation to watch is about. */
  get stepping(): string | null {
    return stepping;
  },
  step(name: Step | "watch-me" | "leave", conversation: string): void {
    stepping = conversation;
    dialog = name;
  },
  /** Whether handing over is followed by signing out. */
  get leaves(): boolean {
    return leaves;
  },
  /** handOver opens the end of the shift; afterwards one is signed out where that was asked for. */
  handOver(out = false): void {
    leaves = out;
    dialog = "handover";
  },
  show(name: "away" | "badge" | "quiet" | "sign-out"): void {
    dialog = name;
  },
  pass(conversation: string): void {
    passing = conversation;
    dialog = "pass";
  },
  close(): void {
    dialog = null;
    taken = null;
    full = null;
    closing = null;
    passing = null;
    coaching = null;
    inviting = null;
    stepping = null;
  },
};

export { composerWish, editAgain } from "./wish.svelte";

/** take takes a Conversation; who comes second, or has enough already, is asked what now. */
export async function take(conversation: string): Promise<void> {
  ask(conversation, await act(conversation, "take"));
}

/** takeAnyway takes the Conversation that the dialog asked about, above the own limit. */
export async function takeAnyway(): Promise<void> {
  const asked = full;
  shell.close();
  if (asked === null) return;
  openConversation(asked.conversation);
  ask(asked.conversation, await takeAbove(asked.conversation));
}

/** close closes a Conversation; one whose visitor waits for an answer only after a question. */
export async function close(conversation: string): Promise<void> {
  if (!leavesWaiting(inbox().state.rows.get(conversation)?.thread)) return void (await act(conversation, "close"));
  closing = conversation;
  dialog = "closing";
}

/** closeAnyway closes the Conversation that the dialog asked about. */
export async function closeAnyway(): Promise<void> {
  const asked = closing;
  shell.close();
  if (asked !== null) await act(asked, "close");
}

function ask(conversation: string, answer: Answer): void {
  if (answer === null) return;
  if ("holder" in answer) {
    taken = { conversation, holder: answer.holder };
    dialog = "taken";
  } else {
    full = { conversation, full: answer.full };
    dialog = "full";
  }
}

/** next takes the visitor of the own groups whose turn it is and opens the Conversation. */
export async function next(): Promise<void> {
  const conversation = await takeNext();
  if (conversation !== null) openConversation(conversation);
}

/** can reports whether an action does anything now in the open Conversation, for what needs one. */
export function can(action: Action): boolean {
  if (forAnswering.has(action) && !answers(inbox().me)) return false;
  const id = inbox().open;
  switch (action) {
    case "take":
    case "join":
    case "leave":
    case "requeue":
    case "close":
      return id !== null && may(action, id);
    case "take-over":
    case "flag":
    case "jump-out":
      return id !== null && mayStep(action, id);
    case "whisper":
      return id !== null && (mayStep("watch", id) || mayWhisper(id));
    case "pass":
      return id !== null && mayPass(id);
    case "invite":
      return id !== null && mayInvite(id);
    case "ask":
      return id !== null && mayAsk(id);
    case "insert":
    case "tell":
      return asideKeys.can(action);
    case "moment":
    case "shadow":
    case "example":
      return id !== null && mayLearn(action, id);
    case "reply":
    case "note":
      return id !== null && !inbox().state.watching.mine.has(id);
    case "details":
      return id !== null;
    case "accept":
    case "decline":
      return offerKeys.now !== null;
    case "triage":
      return myLines().size > 0;
    default:
      return true;
  }
}

/** perform does an action; false where it means nothing here, so that the key stays the browser's. */
export function perform(action: Action): boolean {
  if (forAnswering.has(action) && !answers(inbox().me)) return false;
  switch (action) {
    case "next":
      return step(1);
    case "previous":
      return step(-1);
    case "open":
      return openPicked();
    case "back":
      return back();
    case "take-next":
      void next();
      return true;
    case "take":
    case "join":
    case "leave":
    case "requeue":
    case "close":
      return actHere(action);
    case "accept":
    case "decline":
      if (offerKeys.now === null) return false;
      offerKeys.now[action]();
      return true;
    case "whisper":
      return watchHere();
    case "take-over":
    case "flag":
    case "jump-out":
      return stepHere(action);
    case "wall":
      go({ name: "wall" });
      return true;
    case "pass":
      return passHere();
    case "invite":
      return inviteHere();
    case "ask":
      return askHere();
    case "insert":
    case "tell":
      return asideKeys.press(action);
    case "mentions":
      view.mention(true);
      if (route().name !== "inbox" && route().name !== "talks") go({ name: "inbox", conversation: null, at: null });
      return true;
    case "board":
      go({ name: "board", part: "now" });
      return true;
    case "promises":
      go({ name: "promises", part: "mine", ended: false });
      return true;
    case "talks":
      view.search(false);
      view.mention(false);
      openTalk(null);
      return true;
    case "triage":
      if (myLines().size === 0) return false;
      go({ name: "triage" });
      return true;
    case "coaching":
      go({ name: "coaching", part: "received" });
      return true;
    case "moment":
    case "shadow":
    case "example":
      return coachHere(action);
    case "reply":
    case "note":
      if (inbox().open === null) return false;
      composerWish.want(action);
      return true;
    case "details":
      if (inbox().open === null) return false;
      view.setDetails(!view.details);
      return true;
    case "search":
      view.search(true);
      if (elsewhere()) go({ name: "search", words: "" });
      return true;
    case "help":
    case "command":
      dialog = action;
      return true;
    default:
      show(action.replace("list-", "") as ListName);
      return true;
  }
}

function actHere(action: Act): boolean {
  const id = inbox().open ?? view.picked;
  const row = id === null ? undefined : inbox().state.rows.get(id);
  if (id === null || !row) return false;
  if (inbox().state.watching.mine.has(id) && (action === "join" || action === "leave")) {
    if (action === "join") shell.step("jump-in", id);
    else void unwatch(id);
    return true;
  }
  if (!may(action, id)) return false;
  if (action === "take") void take(id);
  else if (action === "leave") void leave(id);
  else if (action === "close") void close(id);
  else void act(id, action);
  return true;
}

/** leave ends the own part in a Conversation; whoever leads it is asked who does so from then on. */
export async function leave(id: string): Promise<void> {
  if (inbox().state.rows.get(id)?.thread?.lead === inbox().me.id) shell.step("leave", id);
  else await act(id, "leave");
}

function coachHere(what: CoachingWish["what"]): boolean {
  const id = inbox().open;
  if (id === null || !mayLearn(what, id)) return false;
  shell.coach({ what, conversation: id });
  return true;
}

/** mayLearn reports whether a moment, shadow reply or example makes sense for a Conversation now. */
export function mayLearn(what: CoachingWish["what"], id: string): boolean {
  const { me, state } = inbox();
  const row = state.rows.get(id);
  const thread = row?.thread;
  if (!row || !thread || !state.talks.has(id)) return false;
  if (what === "moment") return thread.lead !== me.id;
  return what === "example" || thread.state === "closed" || !takesPart(row, me.id);
}

/** mayStep reports whether a step makes sense in a Conversation now. */
export function mayStep(step: "watch" | "take-over" | "flag" | "jump-out" | "watch-me", id: string): boolean {
  const { me, state } = inbox();
  const row = state.rows.get(id);
  const thread = row?.thread;
  if (row === undefined || thread === undefined || thread.state === "closed") return false;
  const inside = takesPart(row, me.id);
  const rights = rightsOf(row, me, state.groups, state.watching.invited.has(id));
  switch (step) {
    case "watch":
      return rights.watch && !state.watching.mine.has(id);
    case "take-over":
      return rights.takeOver;
    case "jump-out":
      return inside && thread.lead !== me.id;
    case "watch-me":
      return inside;
    case "flag":
      return inside && thread.help?.cause !== "asked";
  }
}

/** watchHere begins to watch the open Conversation; who watches or is in it whispers. */
function watchHere(): boolean {
  const id = inbox().open;
  if (id === null) return false;
  if (mayStep("watch", id)) void watch(id);
  else composerWish.want("whisper");
  return true;
}

/** mayWhisper reports whether somebody would hear one whisper: the lead, or who watches openly. */
function mayWhisper(id: string): boolean {
  const { me, state } = inbox();
  const row = state.rows.get(id);
  if (!row?.thread || row.thread.state === "closed") return false;
  if (state.watching.mine.has(id)) return true;
  return takesPart(row, me.id) && (row.thread.lead !== me.id || (state.watching.others.get(id)?.names ?? []).length > 0);
}

function stepHere(step: "take-over" | "flag" | "jump-out"): boolean {
  const id = inbox().open;
  if (id === null || !mayStep(step, id)) return false;
  if (step === "jump-out") void jumpOut(id);
  else shell.step(step, id);
  return true;
}

function passHere(): boolean {
  const id = inbox().open;
  if (id === null || !mayPass(id)) return false;
  shell.pass(id);
  return true;
}

function inviteHere(): boolean {
  const id = inbox().open;
  if (id === null || !mayInvite(id)) return false;
  shell.invite(id);
  return true;
}

function askHere(): boolean {
  const id = inbox().open;
  if (id === null || !mayAsk(id)) return false;
  shell.ask(id);
  return true;
}

/** mayInvite reports whether one may ask somebody into a Conversation. */
export function mayInvite(id: string): boolean {
  const { me, state } = inbox();
  const row = state.rows.get(id);
  return row?.thread?.state === "active" && decides(row, me);
}

/** decides reports whether one may do more in a Conversation than one's role there says: expert and scribe leave deeds to the host. */
function decides(row: Row, me: Agent): boolean {
  const thread = row.thread;
  return thread !== undefined && (oversees(me, thread.group) || (takesPart(row, me.id) && roleOf(thread, me.id) === ""));
}

/** mayPass reports whether a Conversation may be passed on: by who takes part or oversees, and from the queue to another group's. */
export function mayPass(id: string): boolean {
  const { me, state } = inbox();
  const row = state.rows.get(id);
  const thread = row?.thread;
  if (!row || !thread || thread.state === "closed" || thread.transfer !== undefined || readsOnly(thread, me)) return false;
  if (thread.state === "queued") return [...state.groups.values()].some((group) => !group.deleted && group.id !== thread.group);
  return decides(row, me);
}

/** may reports whether an act makes sense on a Conversation now; the server has the last word. */
export function may(action: Act, id: string): boolean {
  const me = inbox().me.id;
  const row = inbox().state.rows.get(id);
  const thread = row?.thread;
  if (!row || !thread || thread.state === "closed" || readsOnly(thread, inbox().me)) return false;
  const inside = takesPart(row, me);
  switch (action) {
    case "take":
      return thread.state === "queued";
    case "join":
      return thread.state === "active" && !inside;
    case "leave":
      return inside && (thread.lead !== me || thread.members.length > 0);
    case "requeue":
      return thread.state === "active" && thread.lead === me;
    case "close":
      return inside ? roleOf(thread, me) === "" : thread.state === "queued";
  }
}
