/** Which saved replies are meant by what is typed after a slash. Pure. */
import type { SavedReply } from "$kit/replies-api.ts";

/** Begun is a search that is being typed: from the slash up to the caret. */
export interface Begun {
  at: number;
  words: string;
}

const longest = 40;

/** begun finds the search before the caret; null where there is none. A slash inside a word, as in an address or in "and/or", begins none. */
export function begun(text: string, caret: number): Begun | null {
  const at = text.lastIndexOf("/", caret - 1);
  if (at < 0 || caret <= at || caret - at > longest + 1) return null;
  if (at > 0 && !/\s/u.test(text.charAt(at - 1))) return null;
  const words = text.slice(at + 1, caret);
  return /^\s|\n/u.test(words) ? null : { at, words };
}

/** found lists the replies that have all the words, the best first: in the name before in the text, in the visitor's language before in another one, then as they are used. */
export function found(all: readonly SavedReply[], words: string, language = "", most = 8): SavedReply[] {
  const wanted = parts(words);
  const scored = all.filter((r) => r.usable).map((reply) => ({ reply, tier: tierOf(reply, wanted), away: foreign(reply, language) }));
  return scored
    .filter((s) => s.tier > 0)
    .sort(
      (a, b) =>
        b.tier - a.tier ||
        a.away - b.away ||
        b.reply.rank - a.reply.rank ||
        a.reply.name.localeCompare(b.reply.name) ||
        (a.reply.id < b.reply.id ? -1 : 1),
    )
    .slice(0, most)
    .map((s) => s.reply);
}

/** tierOf is how well a reply has the words: 4 = they are its name, 3 = its name has them all, 2 = some, 1 = its text has them, 0 = one is missing. */
function tierOf(reply: SavedReply, wanted: readonly string[]): number {
  const name = parts(reply.name);
  const text = parts(reply.text);
  const inName = wanted.filter((w) => begins(name, w));
  if (!wanted.every((w) => inName.includes(w) || begins(text, w))) return 0;
  if (wanted.length > 0 && fold(reply.name).trim() === wanted.join(" ")) return 4;
  if (inName.length === wanted.length) return 3;
  return inName.length > 0 ? 2 : 1;
}

function begins(words: readonly string[], wanted: string): boolean {
  return words.some((w) => w.startsWith(wanted));
}

/** A reply that names no language fits every visitor, and so does each where his is not known. */
function foreign(reply: SavedReply, language: string): number {
  if (!reply.language || language === "") return 0;
  return Number(baseOf(reply.language) !== baseOf(language));
}

function baseOf(tag: string): string {
  return tag.split("-")[0]?.toLowerCase() ?? "";
}

function parts(text: string): string[] {
  return fold(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((w) => w !== "");
}

function fold(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();
}

/** put writes a reply in the place of the search, and answers where it stands now; where the search is not there any more, behind what is. */
export function put(text: string, search: Begun, reply: string): { text: string; from: number; to: number } {
  const typed = `/${search.words}`;
  const there = text.startsWith(typed, search.at);
  const from = there ? search.at : text.length;
  const rest = there ? text.slice(search.at + typed.length) : "";
  return { text: text.slice(0, from) + reply + rest, from, to: from + reply.length };
}
