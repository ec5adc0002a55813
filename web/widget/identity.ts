import { ApiError, caller, isKind } from "$kit/api.ts";
import { resumeToken } from "$kit/ids.ts";
import type { OutboxOptions, Outgoing } from "$kit/outbox.ts";
import { type Shelf, shelfStore } from "$kit/outbox-store.ts";
import { visitorHeaders } from "$kit/visitor-api.ts";
import type { Micros, VisitorDone } from "$kit/wire.ts";
import { begin } from "./acts.ts";
import { openBox, post } from "./box.ts";
import { own } from "./bridge.ts";
import { openDraft } from "./draft.ts";
import { drop } from "./follow.ts";
import type { Session } from "./session.ts";
import { shelfFor } from "./shelf.ts";

const retryMs = 15_000;
/** A sign-in holds a minute longer than its token; it is prolonged a minute before that ends. */
const aheadMs = 120_000;
const longestTimer = 2 ** 31 - 1;

/**
 * prove takes what the page says of its visitor: an identity that the site's own
 * server has signed, "" for nobody, undefined where the page could not get one. One
 * after the other, so that the last word holds.
 */
export function prove(s: Session, who: string | undefined): Promise<void> {
  const next = (s.proving ?? Promise.resolve()).then(() => take(s, who)).catch(() => undefined);
  s.proving = next;
  return next;
}

async function take(s: Session, who: string | undefined): Promise<void> {
  clearTimeout(s.renewal);
  openBox(s); // What was written before there was one is in it.
  if (who === undefined) return failed(s, undefined);
  const sub = subOf(who);
  if (s.sub !== undefined && s.sub !== sub) await signOut(s);
  if (who === "") return;
  if (sub === undefined) return failed(s, new Error("the identity is no JWT with a sub."));
  const fresh = s.sub === sub ? s.token : resumeToken();
  try {
    await s.posting; // A first message makes the visitor who is taken over: none is to be made after that.
    const former = s.sub === undefined ? s.token : "";
    const call = caller({ headers: visitorHeaders(s.config.site, () => fresh) });
    const body = { signed: who, ...(former && { former }) };
    const { until } = await call<{ until: Micros }>("POST", "/v1/visitor/sign-in", { body });
    await signedIn(s, sub, fresh, until / 1000);
  } catch (error) {
    failed(s, error);
  }
}

async function signedIn(s: Session, sub: string, token: string, until: number): Promise<void> {
  const longer = s.sub !== sub || until > s.until;
  s.until = until;
  if (s.sub !== sub) {
    const shelf = shelfFor(s.host.shelf, () => sub);
    const [unsent, draft] = [await unsentOf(s, shelf), s.draft.get()];
    await clear(s); // It goes with him: who sits here next finds none of it.
    drop(s);
    s.host.send({ earshot: 1, type: "forget" }); // The resume token is dead.
    s.sub = sub;
    s.token = token;
    s.shelf = shelf;
    await reopen(s, draft, unsent);
  } else if (!s.following.value) void begin(s);
  s.box.value?.wake();
  // A page that has no other token is not asked for one again and again.
  const left = until - Date.now() - s.skewMs;
  s.renewal = window.setTimeout(() => renew(s), Math.min(longer ? Math.max(left - aheadMs, left / 2) : left, longestTimer));
}

/** unsentOf takes what the browser's anonymous visitor has not sent over to the shelf of who signs in, before it leaves the one where it was: it is his. */
async function unsentOf(s: Session, shelf: Shelf): Promise<Outgoing[]> {
  const kept = await shelfStore(s.shelf)
    .load()
    .catch((): Outgoing[] => []);
  const here = (s.box.value?.items() ?? []).filter((item) => !kept.some(({ key }) => key === item.key));
  const all = [...kept, ...here.map((item): Outgoing => (item.state === "sending" ? { ...item, state: "waiting" } : item))];
  for (const item of all)
    await shelfStore(shelf)
      .put(item)
      .catch(() => undefined); // What cannot be kept goes out all the same.
  await s.box.value?.clear();
  return all;
}

/** failed is where nobody was signed in: who was so stays so until it is over. */
function failed(s: Session, error: unknown): void {
  const over = s.sub !== undefined && Date.now() + s.skewMs >= s.until;
  const passing = error === undefined || isKind(error, "offline", "unavailable", "limited");
  // biome-ignore lint/suspicious/noConsole: the console is where a page's owner looks
  if (error !== undefined) console.error(`Earshot: nobody is signed in: ${error instanceof Error ? error.message : ""}`);
  if (s.sub === undefined && s.phase.value === "loading") void begin(s);
  if (over || (s.sub !== undefined && !passing && !s.following.value)) return isOver(s);
  const rest = s.sub === undefined ? retryMs : Math.min(retryMs, Math.max(s.until - Date.now() - s.skewMs, 0));
  if (passing) s.renewal = window.setTimeout(() => renew(s), rest);
  else if (s.sub !== undefined)
    s.renewal = window.setTimeout(() => renew(s), Math.min(Math.max(s.until - Date.now() - s.skewMs, 0), longestTimer));
}

function renew(s: Session): void {
  s.host.send({ earshot: 1, type: "renew" });
}

/** isOver stops everything; what is written and not sent waits for the next sign-in of the same. */
function isOver(s: Session): void {
  s.box.value?.close();
  drop(s);
  s.phase.value = "over";
}

async function signOut(s: Session): Promise<void> {
  await caller({ headers: s.headers })<void>("POST", "/v1/visitor/sign-out", { body: {} }).catch(() => undefined); // It ends by itself.
  await s.box.value?.clear();
  await clear(s);
  drop(s);
  s.sub = undefined;
  s.shelf = s.host.shelf;
  s.token = "";
  await reopen(s, "", []);
}

/** clear empties what is being written, here and on the shelf. */
async function clear(s: Session): Promise<void> {
  s.draft.set("");
  await s.shelf.put("email", null).catch(() => undefined);
}

/** reopen begins anew as whom the session is now: another shelf, another outbox with what goes along, an empty screen. */
async function reopen(s: Session, draft: string, unsent: Outgoing[]): Promise<void> {
  s.box.value?.close();
  s.box.value = undefined;
  s.items.value = unsent;
  s.choice.value = undefined;
  const kept = await s.shelf.all().catch((): Readonly<Record<string, string>> => ({}));
  s.draft = openDraft(draft || (kept["draft"] ?? ""), s.shelf);
  openBox(s, s.sub === undefined ? {} : boxOf(s, s.sub));
  s.remount();
  await begin(s);
}

/** subOf reads whom a JWT names. The server alone decides whether it holds. */
export function subOf(token: string): string | undefined {
  try {
    const part = (token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
    const bytes = Uint8Array.from(atob(part), (c) => c.charCodeAt(0));
    const sub = own(JSON.parse(new TextDecoder().decode(bytes)), "sub");
    return typeof sub === "string" && sub !== "" ? sub : undefined;
  } catch {
    return undefined;
  }
}

/** boxOf is the outbox of one who is signed in: what he wrote is nobody else's, and waits until he is so again. */
function boxOf(s: Session, sub: string): Partial<OutboxOptions<VisitorDone>> {
  const name = `${s.name} as ${sub}`;
  const send = async (item: Outgoing) => {
    await s.proving;
    if (sub !== s.sub) throw new ApiError("unavailable", "Its author is not signed in.");
    try {
      return await post(s, item);
    } catch (error) {
      // The page has been asked for his identity by then.
      throw isKind(error, "gone") ? new ApiError("unavailable", "The sign-in is over.") : error;
    }
  };
  return { name, send };
}
