import { ApiError, isKind } from "$kit/api.ts";
import { resumeToken } from "$kit/ids.ts";
import { type OutboxOptions, type Outgoing, outbox } from "$kit/outbox.ts";
import { shelfStore } from "$kit/outbox-store.ts";
import type { VisitorDone } from "$kit/wire.ts";
import { drop, forget, load, resume, take } from "./follow.ts";
import type { Session } from "./session.ts";

/*
 * What sends the visitor's messages and files. It is a chunk of its own, which comes
 * when the first screen stands: what is said before waits for it.
 */

/** openBox opens the outbox over what the page has kept and what was written before, unless there is one; who is signed in has another one. */
export function openBox(s: Session, other?: Partial<OutboxOptions<VisitorDone>>): void {
  const { sub } = s;
  s.box.value ??= outbox<VisitorDone>({
    name: s.name,
    store: shelfStore(s.shelf),
    early: s.items.value,
    send: (item) => post(s, item),
    arrived: async (item) => (await import("./arrived.ts")).arrived(s, item),
    onSent: (_, done) => s.sub === sub && sent(s, done),
    onGone: () => catchUp(s),
    onChange: (items) => {
      s.items.value = items;
    },
    onVolatile: () => {
      s.kept.value = false;
    },
    ...other,
  });
}

/** known waits until it is known who writes: what goes out before would be nobody's. */
async function known(s: Session): Promise<void> {
  await s.heard;
  await s.proving;
}

/** uploadTarget is where a file goes, and who sends it. */
export async function uploadTarget(s: Session): Promise<{ path: string; headers: Record<string, string> }> {
  await known(s);
  await ownToken(s);
  return { path: "/v1/visitor/files", headers: s.headers() };
}

/** post sends a message as whom the session is once that is known. */
export async function post(s: Session, item: Outgoing): Promise<VisitorDone> {
  await known(s);
  await ownToken(s);
  const { key, text, files, choice } = item;
  const { name, email } = s.hint;
  const said = { key, text, page: s.page, ...choice, ...(files.length > 0 && { files: files.map((f) => f.id) }) };
  const body = { ...said, ...(name && { name }), ...(email && { email }), ...(s.signed && { signed: s.signed }) };
  const posting = s.api.postMessage(body);
  s.posting = posting.catch(() => undefined);
  try {
    return await posting;
  } catch (error) {
    if (!isKind(error, "gone", "signed-out")) throw error;
    forget(s); // The token is dead; sending again begins anew, or once he is signed in again.
    throw new ApiError("gone", error.message);
  }
}

function sent(s: Session, done: VisitorDone): void {
  const before = s.state.value.talk?.id;
  const first = before === undefined;
  if (!first && before !== done.visitor.conversation) drop(s); // His chat goes on in another conversation of his.
  take(s, { type: "done", done });
  s.choice.value = undefined;
  if (first || done.again || !s.following.value) void catchUp(s).catch(() => undefined);
}

/** catchUp shows what another tab may have done, and follows from then on; until there is a line it tries again. */
function catchUp(s: Session): Promise<unknown> {
  return s.following.value ? load(s) : resume(s).catch(() => setTimeout(() => void catchUp(s), 3000));
}

/** ownToken is the visitor's secret: made here, and kept by the host's page before anything is sent with it. */
async function ownToken(s: Session): Promise<void> {
  if (s.token !== "") return;
  const { token, kept } = await s.host.store(resumeToken());
  s.token = token;
  s.kept.value &&= kept;
}
