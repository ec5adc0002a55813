import { ApiError, blobOf, isKind } from "$kit/api.ts";
import { resumeToken } from "$kit/ids.ts";
import { type Outbox, type Outgoing, outbox } from "$kit/outbox.ts";
import { shelfStore } from "$kit/outbox-store.ts";
import { visitorFile } from "$kit/visitor-api.ts";
import type { FileId, FileRef, PageInfo, VisitorDone } from "$kit/wire.ts";
import type { Hint } from "./bridge.ts";
import { forget, load, resume, showUnread, take } from "./follow.ts";
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
  if ((token ?? "") === s.token) return;
  if (token === null) return void ended(s);
  s.token = token;
  await resume(s).catch(() => undefined);
}

/** say keeps a message and sends it as soon as the line allows. Throws an ApiError where too many wait already. */
export function say(s: Session, text: string, files: FileRef[]): void {
  const choice = s.choice.value;
  s.box?.put({ conversation: "", voice: "reply", text, files, seen: s.state.value.talk?.head ?? 0, ...(choice && { choice }) });
  s.draft.set("");
}

/** openBox opens the outbox over what the page has kept. */
export function openBox(s: Session): Outbox {
  return outbox<VisitorDone>({
    name: s.name,
    store: shelfStore(s.host.shelf),
    send: (item) => post(s, item),
    arrived: async (item) => (await import("./arrived.ts")).arrived(s, item),
    onSent: (_, done) => sent(s, done),
    onGone: () => catchUp(s),
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

/** loadSite asks how the site stands now: who is there, and which groups. */
export async function loadSite(s: Session): Promise<void> {
  const answer = await s.api.site(s.language, s.page, s.signed);
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
  const { key, text, files, choice } = item;
  const { name, email } = s.hint;
  const said = { key, text, page: s.page, ...choice, ...(files.length > 0 && { files: files.map((f) => f.id) }) };
  const body = { ...said, ...(name && { name }), ...(email && { email }), ...(s.signed && { signed: s.signed }) };
  try {
    return await s.api.postMessage(body);
  } catch (error) {
    if (!isKind(error, "gone", "signed-out")) throw error;
    forget(s); // The token is dead; sending again begins anew.
    throw new ApiError("gone", error.message);
  }
}

function sent(s: Session, done: VisitorDone): void {
  const first = s.state.value.talk === undefined;
  take(s, { type: "done", done });
  s.choice.value = undefined;
  if (first || done.again) void catchUp(s).catch(() => undefined);
}

/** catchUp shows what another tab may have done, and follows from then on; until there is a line it tries again. */
function catchUp(s: Session): Promise<unknown> {
  return s.following.value ? load(s) : resume(s).catch(() => setTimeout(() => void catchUp(s), 3000));
}

/** ended leaves nothing of the conversation on the screen. */
export function ended(s: Session): void {
  forget(s);
  s.phase.value = "ended";
}
