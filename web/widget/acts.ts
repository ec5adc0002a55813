import { blobOf, isKind } from "$kit/api.ts";
import { uuid7 } from "$kit/ids.ts";
import type { NewOutgoing } from "$kit/outbox.ts";
import { outgoingOf, outPrefix } from "$kit/outgoing.ts";
import { visitorFile } from "$kit/visitor-api.ts";
import type { FileId, FileRef, PageInfo } from "$kit/wire.ts";
import type { Hint } from "./bridge.ts";
import { forget, resume, showUnread, take } from "./follow.ts";
import { namesGroup, type Session } from "./session.ts";

/** begin loads what there is for the token. Offline one can write all the same: the outbox keeps it. */
export async function begin(s: Session): Promise<void> {
  s.phase.value = "loading";
  try {
    await Promise.all([loadSite(s), s.token === "" ? undefined : resume(s)]);
    s.phase.value = "ready";
  } catch (error) {
    const passing = isKind(error, "offline", "unavailable");
    s.phase.value = passing ? "ready" : "failed";
    if (passing) setTimeout(() => void begin(s), 8000);
  }
}

/** show tells whether the host's page shows the frame. */
export function show(s: Session, open: boolean): void {
  s.shown.value = open;
  showUnread(s);
  if (open) void loadSite(s).catch(() => undefined);
}

/** moveTo follows the visitor to another page. */
export function moveTo(s: Session, page: PageInfo, hint: Hint, signed: string): void {
  s.page = page;
  s.hint = hint;
  s.signed = signed;
  s.named.value = namesGroup(page, signed);
  if (s.shown.value) void loadSite(s).catch(() => undefined); // another page may reach another group
}

/** adopt takes over what another tab did with the token. */
export async function adopt(s: Session, token: string | null): Promise<void> {
  if (s.sub !== undefined || (token ?? "") === s.token) return;
  if (token === null) return void ended(s);
  s.token = token;
  await resume(s).catch(() => undefined);
}

/** say keeps a message and sends it as soon as the line allows. Throws an ApiError where too many wait already. */
export function say(s: Session, text: string, files: FileRef[]): void {
  const choice = s.choice.value;
  const said: NewOutgoing = {
    conversation: "",
    voice: "reply",
    text,
    files,
    seen: s.state.value.talk?.head ?? 0,
    ...(choice && { choice }),
  };
  if (s.box.value) s.box.value.put(said);
  else keepEarly(s, said);
  s.draft.set("");
}

/** keepEarly keeps what is said before there is an outbox where the outbox will find it. */
function keepEarly(s: Session, said: NewOutgoing): void {
  const now = Date.now();
  const item = outgoingOf(said, uuid7(now), now, s.items.value);
  s.items.value = [...s.items.value, item];
  s.shelf.put(outPrefix + item.key, JSON.stringify(item)).catch(() => {
    s.kept.value = false;
  });
}

/** older loads the messages before those on screen. */
export async function older(s: Session): Promise<void> {
  const before = s.state.value.talk?.events[0]?.seq;
  const { token } = s;
  if (before === undefined) return;
  const view = await s.api.conversation(before);
  if (s.token === token) take(s, { type: "older", before, view });
}

/** thumb loads the small picture of a file. */
export function thumb(s: Session, id: FileId, signal: AbortSignal): Promise<Blob> {
  return blobOf(visitorFile(id, true), s.headers(), signal);
}

/** typing tells the team that the visitor writes. */
export function typing(s: Session, on: boolean): void {
  s.stream?.send({ type: "typing", on });
}

/** loadSite asks how the site stands now: who is there, and which groups. */
export async function loadSite(s: Session): Promise<void> {
  const answer = await s.api.site(s.language, s.page, s.signed);
  s.site.value = answer;
  const { accent, position } = answer.site.appearance;
  s.host.send({ earshot: 1, type: "look", accent, position });
}

/** ended leaves nothing of the conversation on the screen. */
export function ended(s: Session): void {
  forget(s);
  s.phase.value = "ended";
}
