import { isKind } from "$kit/api.ts";
import { type Outgoing, pendingOf } from "$kit/outbox.ts";
import { older } from "./acts.ts";
import { load } from "./follow.ts";
import type { Session } from "./session.ts";
import { isOwn } from "./timeline.ts";

/** arrived looks through everything said since the message was written. */
export async function arrived(s: Session, item: Outgoing): Promise<boolean> {
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
