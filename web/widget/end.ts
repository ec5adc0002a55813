import { ended } from "./acts.ts";
import { openBox } from "./box.ts";
import { load } from "./follow.ts";
import type { Session } from "./session.ts";

/** end closes the chat for good: the token is dead, here and at the server. Who is signed in stays so. */
export async function end(s: Session): Promise<void> {
  if (s.token !== "" && s.state.value.talk !== undefined) await s.api.end();
  if (s.sub !== undefined) return void (await load(s).catch(() => undefined));
  openBox(s);
  await s.box.value?.clear();
  s.draft.set("");
  void s.shelf.put("email", null).catch(() => undefined);
  ended(s);
}
