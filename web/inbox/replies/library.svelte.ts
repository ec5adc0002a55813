/** The saved replies of the signed-in agent: fetched when they are first wanted, and again after somebody changed one. */
import type { SavedReply } from "$kit/replies-api.ts";
import type { Down } from "$kit/wire.ts";
import { api, attempt } from "../state/server";
import { inbox, onFrame } from "../state/session.svelte";

interface Library {
  /** Whose they are: another person may sign in on this device. */
  me: string;
  /** null until the first answer. */
  all: readonly SavedReply[] | null;
  failed: boolean;
}

const none: Library = { me: "", all: null, failed: false };
let library = $state.raw<Library>(none);
let stale = true;
let loading = false;
let listening = false;

/** savedReplies are those known; null while they are not here yet. */
export function savedReplies(): readonly SavedReply[] | null {
  return library.me === inbox().me.id ? library.all : null;
}

/** repliesFailed tells that they could not be fetched. */
export function repliesFailed(): boolean {
  return library.me === inbox().me.id && library.failed;
}

/** wantReplies fetches them where what is here is old. */
export async function wantReplies(): Promise<void> {
  const me = inbox().me.id;
  if (!listening) {
    listening = true;
    onFrame((frame) => {
      if (matters(frame)) stale = true;
    });
  }
  if (loading || (!stale && library.me === me)) return;
  loading = true;
  stale = false;
  const outcome = await attempt(api.savedReplies());
  loading = false;
  if (me !== inbox().me.id) return;
  if (!outcome.ok) stale = true;
  else if (stale) void wantReplies(); // Somebody changed one meanwhile.
  library = outcome.ok ? { me, all: outcome.value.replies, failed: false } : { me, all: savedReplies(), failed: true };
}

/** repliesChanged fetches them again after an act of one's own. */
export function repliesChanged(): Promise<void> {
  stale = true;
  return wantReplies();
}

/** Who is moved to another group has other replies, and what came while the line was down is not known. */
function matters(frame: Down): boolean {
  if (frame.type === "reset") return true;
  return (
    frame.type === "event" &&
    (frame.event.kind === "saved_replies.changed" || frame.event.kind === "agent.changed" || frame.event.kind === "group.changed")
  );
}
