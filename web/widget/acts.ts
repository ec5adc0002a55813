import { ApiError, blobOf, isKind } from "$kit/api.ts";
import { resumeToken } from "$kit/ids.ts";
import { type Outbox, type Outgoing, outbox, pendingOf } from "$kit/outbox.ts";
import { shelfStore } from "$kit/outbox-store.ts";
import { visitorFile } from "$kit/visitor-api.ts";
import type { FileId, FileRef, PageInfo, VisitorDone } from "$kit/wire.ts";
import type { Hint } from "./bridge.ts";
import { forget, load, resume, showUnread, take } from "./follow.ts";
import type { Session } from "./session.ts";
import { isOwn } from "./timeline.ts";

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
export function moveTo(s: Session, page: PageInfo, hint: Hint): void {
  s.page = page;
  s.hint = hint;
}

/** adopt takes over what another tab did with the token. */
export async function adopt(s: Session, token: string | null): Promise<void> {
  if ((token ?? "") === s.token) return;
  if (token === null) return void ended(s);
  s.token = token;
  await resume(s).catch(() => undefined);
}

/** say keeps a message and sends it as soon as the line allows. Throws an ApiError where too many wait already. */
export function say(s: Session, text: string, files: FileRef[]): void {
  s.box?.put({ conversation: "", voice: "reply", text, files, seen: s.state.value.talk?.head ?? 0 });
  s.draft.set("");
}

/** openBox opens the outbox over what the page has kept. */
export function openBox(s: Session): Outbox {
  return outbox<VisitorDone>({
    name: s.name,
    store: shelfStore(s.host.shelf),
    send: (item) => post(s, item),
    arrived: (item) => arrived(s, item),
    onSent: (_, done) => sent(s, done),
    onChange: (items) => {
      s.items.value = items;
    },
    onVolatile: () => {
      s.kept.value = false;
    },
  });
}

/** older loads the messages before those on screen. */
export async function older(s: Session): Promise<void> {
  const before = s.state.value.talk?.events[0]?.seq;
  if (before !== undefined) take(s, { type: "older", before, view: await s.api.conversation(before) });
}

/** end closes the chat for good: the token is dead, here and at the server. */
export async function end(s: Session): Promise<void> {
  if (s.token !== "" && s.state.value.talk !== undefined) await s.api.end();
  await s.box?.clear();
  s.draft.set("");
  ended(s);
}

/** uploadTarget is where a file goes, and who sends it. */
export async function uploadTarget(s: Session): Promise<{ path: string; headers: Record<string, string> }> {
  await ownToken(s);
  return { path: "/v1/visitor/files", headers: s.headers() };
}

/** thumb loads the small picture of a file. */
export function thumb(s: Session, id: FileId, signal: AbortSignal): Promise<Blob> {
  return blobOf(visitorFile(id, true), s.headers(), signal);
}

/** typing tells the team that the visitor writes. */
export function typing(s: Session, on: boolean): void {
  s.stream?.send({ type: "typing", on });
}

async function loadSite(s: Session): Promise<void> {
  const answer = await s.api.site();
  s.site.value = answer;
  const { accent, position } = answer.site.appearance;
  s.host.send({ earshot: 1, type: "look", accent, position });
}

/** ownToken is the visitor's secret: made here, and kept by the host's page before anything is sent with it. */
async function ownToken(s: Session): Promise<void> {
  if (s.token !== "") return;
  const { token, kept } = await s.host.store(resumeToken());
  s.token = token;
  s.kept.value &&= kept;
}

async function post(s: Session, item: Outgoing): Promise<VisitorDone> {
  await ownToken(s);
  const { key, text, files } = item;
  const { name, email } = s.hint;
  const who = { ...(name === "" ? {} : { name }), ...(email === "" ? {} : { email }) };
  const body = { key, text, page: s.page, ...who, ...(files.length === 0 ? {} : { files: files.map((f) => f.id) }) };
  try {
    return await s.api.postMessage(body);
  } catch (error) {
    if (!isKind(error, "gone", "signed-out")) throw error;
    forget(s); // The token is dead; sending again begins anew.
    throw new ApiError("gone", error.message);
  }
}

/** arrived looks through everything said since the message was written. */
async function arrived(s: Session, item: Outgoing): Promise<boolean> {
  if (s.token === "") return false;
  try {
    await load(s);
    while (s.state.value.talk?.more && (s.state.value.talk.events[0]?.seq ?? 0) > item.seen + 1) await older(s);
  } catch (error) {
    if (isKind(error, "missing", "gone", "signed-out", "denied")) return false;
    throw error;
  }
  return pendingOf([{ ...item, state: "sending" }], s.state.value.talk?.events ?? [], isOwn).length === 0;
}

function sent(s: Session, done: VisitorDone): void {
  const first = s.state.value.talk === undefined;
  take(s, { type: "done", done });
  if (first) void resume(s).catch(() => setTimeout(() => void resume(s).catch(() => undefined), 3000));
  else if (done.again) void load(s).catch(() => undefined);
}

function ended(s: Session): void {
  forget(s);
  s.phase.value = "ended";
}
