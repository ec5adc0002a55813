import { isKind } from "$kit/api.ts";
import { hasGap } from "$kit/talk.ts";
import { emptyVisitor, reduceVisitor, type VisitorInput } from "$kit/visitor.ts";
import type { Session } from "./session.ts";

/** take folds what came into what is shown, and asks for what is missing. */
export function take(s: Session, input: VisitorInput): void {
  s.state.value = reduceVisitor(s.state.value, input);
  const talk = s.state.value.talk;
  if (talk !== undefined && hasGap(talk)) void load(s).catch(() => undefined);
  showUnread(s);
}

/** load brings the snapshot onto the screen and answers its cursor; two at once are one. */
export function load(s: Session): Promise<string> {
  s.loading ??= snapshot(s).finally(() => {
    s.loading = undefined;
  });
  return s.loading;
}

async function snapshot(s: Session): Promise<string> {
  const { token } = s;
  const view = await s.api.conversation();
  if (s.token !== token) throw new Error("follow: another visitor is here by now");
  take(s, { type: "view", view });
  return view.cursor;
}

/** resume loads the conversation of the token and follows it. A token that has not been used yet has none. */
export async function resume(s: Session): Promise<void> {
  try {
    await follow(s, await load(s));
  } catch (error) {
    if (isKind(error, "missing")) return;
    if (!isKind(error, "gone", "signed-out", "denied")) throw error;
    forget(s);
  }
}

/** follow keeps a line open from now on. Its code is a chunk of its own: the first screen needs none. */
async function follow(s: Session, cursor: string): Promise<void> {
  if (s.following.value) return;
  s.following.value = true;
  const token = s.token;
  const { line } = await import("./line.ts").catch((error: unknown) => {
    s.following.value = false;
    throw error;
  });
  if (!s.following.value || s.token !== token) return;
  s.stream = line(s, cursor, snapshot);
}

/** forget drops the token here and in the host's page. What is written and not sent stays. Who is signed in is asked for again. */
export function forget(s: Session): void {
  drop(s);
  if (s.sub !== undefined) return s.host.send({ earshot: 1, type: "renew" });
  s.token = "";
  s.host.send({ earshot: 1, type: "forget" });
}

/** drop leaves the conversation: it is not followed and not shown any more. */
export function drop(s: Session): void {
  s.stream?.close();
  s.stream = undefined;
  s.following.value = false;
  s.loading = undefined;
  s.told = 0;
  s.state.value = emptyVisitor();
  showUnread(s);
}

/** showUnread puts the count on the host's button, and tells the team what stands before the visitor's eyes. */
export function showUnread(s: Session): void {
  const talk = s.state.value.talk;
  const answers = talk?.events.filter((e) => e.kind === "message" && e.actor.kind !== "visitor" && e.seq > talk.seenVisitor) ?? [];
  s.host.send({ earshot: 1, type: "unread", count: s.shown.value ? 0 : answers.length });
  const upto = answers.at(-1)?.seq ?? 0;
  if (s.shown.value && document.visibilityState === "visible" && upto > s.told) void tell(s, upto);
}

/** tell tells the team once; where it fails, the next occasion tells it. */
async function tell(s: Session, upto: number): Promise<void> {
  const before = s.told;
  s.told = upto;
  await s.api.markSeen(upto).catch(() => {
    s.told = before;
  });
}
