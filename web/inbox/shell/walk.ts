/** How the keys walk the lists and back. */
import type { ListName } from "$kit/wire.ts";
import { listFor, view } from "../list/view.svelte";
import { go, openConversation, openTalk, route } from "../router.svelte";
import { inbox } from "../state/session.svelte";
import { orderNow } from "../talks/listed.svelte";
import { talkView } from "../talks/view.svelte";

/** show brings a list to the front. */
export function show(list: ListName): void {
  view.show(list);
  if (route().name !== "inbox") go({ name: "inbox", conversation: null, at: null });
}

/** elsewhere reports whether a screen without the list is shown. */
export function elsewhere(): boolean {
  return ["settings", "board", "coaching", "lesson", "wall", "triage", "promises"].includes(route().name);
}

/** step walks the list: the next row down, or up. */
export function step(by: 1 | -1): boolean {
  if (view.searching || view.mentioning || elsewhere()) return false;
  const ids = listed();
  if (ids.length === 0) return false;
  const at = ids.indexOf(view.picked ?? inbox().open ?? "");
  const to = at < 0 ? 0 : Math.min(ids.length - 1, Math.max(0, at + by));
  view.pick(ids[to] ?? null);
  return true;
}

/** listed are the rows of the list that is shown, from top to bottom. */
function listed(): string[] {
  if (route().name === "talks") return orderNow();
  const desk = inbox();
  return desk.rows(listFor(desk.me)).map((row) => row.conversation.id);
}

/** openPicked opens the row that the keys stand on. */
export function openPicked(): boolean {
  if (view.picked === null) return false;
  if (route().name !== "talks") openConversation(view.picked);
  else if (listed().includes(view.picked)) openTalk(view.picked);
  else return false;
  return true;
}

/** back leaves what was opened last; false where nothing was. */
export function back(): boolean {
  if (route().name === "talks" && !view.searching && !view.mentioning) return backInTalks();
  if (view.details) view.setDetails(false);
  else if (view.searching) view.search(false);
  else if (view.mentioning) view.mention(false);
  else if (inbox().open !== null) openConversation(null);
  else return false;
  return true;
}

function backInTalks(): boolean {
  if (talkView.back()) return true;
  if (inbox().open === null) return false;
  openTalk(null);
  return true;
}
