import { ended } from "./acts.ts";
import type { Session } from "./session.ts";

/** end closes the chat for good: the token is dead, here and at the server. */
export async function end(s: Session): Promise<void> {
  if (s.token !== "" && s.state.value.talk !== undefined) await s.api.end();
  await s.box?.clear();
  s.draft.set("");
  void s.host.shelf.put("email", null).catch(() => undefined);
  ended(s);
}
