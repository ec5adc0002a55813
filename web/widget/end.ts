import { ended } from "./acts.ts";
import { openBox } from "./box.ts";
import type { Session } from "./session.ts";

/** end closes the chat for good: the token is dead, here and at the server. */
export async function end(s: Session): Promise<void> {
  if (s.token !== "" && s.state.value.talk !== undefined) await s.api.end();
  openBox(s);
  await s.box.value?.clear();
  s.draft.set("");
  void s.host.shelf.put("email", null).catch(() => undefined);
  ended(s);
}
