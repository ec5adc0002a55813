/** How a colleague's name gets into a note, and who is called by what stands there. Pure. */

/** Named is what can be called: a colleague, and in a talk a group or those who are here. */
export interface Named {
  id: string;
  name: string;
  disabled?: boolean;
}

/** Begun is a name that is being typed: from the @ up to the caret. */
export interface Begun {
  at: number;
  word: string;
}

const longest = 40;

/** begun finds the name that is being typed before the caret; null where there is none. An @ inside a word, as in an address, begins none. */
export function begun(text: string, caret: number): Begun | null {
  const before = text.slice(Math.max(0, caret - longest), caret);
  const found = /(?:^|[^\p{L}\p{N}._%+-])@([^@\n]{0,30})$/u.exec(before);
  if (found === null) return null;
  const word = found[1] ?? "";
  return word.startsWith(" ") ? null : { at: caret - word.length - 1, word };
}

/** candidates lists who may be meant: everybody a part of whose name begins with the word; those first whose name does. */
export function candidates<T extends Named>(team: Iterable<T>, me: string, word: string, most = 6): T[] {
  const wanted = fold(word);
  const found = [...team].filter(
    (a) => !a.disabled && a.id !== me && (fold(a.name).startsWith(wanted) || parts(a.name).some((p) => p.startsWith(wanted))),
  );
  const first = (a: T) => Number(!fold(a.name).startsWith(wanted));
  return found.sort((a, b) => first(a) - first(b) || a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1)).slice(0, most);
}

/** filled is the text with the name written out, and where the caret goes. */
export function filled(text: string, caret: number, at: number, name: string): { text: string; caret: number } {
  const rest = text.slice(caret);
  const written = `@${name}${/^\s/u.test(rest) ? "" : " "}`;
  return { text: text.slice(0, at) + written + rest, caret: at + written.length };
}

/** Piece is a part of a note: plain, or the name of a colleague whom it calls. */
export interface Piece {
  text: string;
  agent?: string;
}

/**
 * pieces takes a text apart at the names of some people, the longest first.
 * Of two people with one name the one in `picked` is meant.
 */
export function pieces(text: string, people: Iterable<Named>, picked: ReadonlySet<string> = new Set()): Piece[] {
  const named = [...people].filter((a) => a.name !== "");
  named.sort((a, b) => b.name.length - a.name.length || Number(picked.has(b.id)) - Number(picked.has(a.id)));
  const all: Piece[] = [];
  let from = 0;
  for (const found of text.matchAll(/@/gu)) {
    if (found.index < from) continue;
    const who = named.find((a) => begins(text, found.index, a.name));
    if (who === undefined) continue;
    if (found.index > from) all.push({ text: text.slice(from, found.index) });
    from = found.index + 1 + who.name.length;
    all.push({ text: text.slice(found.index, from), agent: who.id });
  }
  if (from < text.length) all.push({ text: text.slice(from) });
  return all;
}

/** called lists whom a text calls, each once. */
export function called(text: string, team: Iterable<Named>, me: string, picked: ReadonlySet<string>): string[] {
  const able = [...team].filter((a) => !a.disabled);
  const ids = pieces(text, able, picked).map((p) => p.agent);
  return [...new Set(ids.filter((id): id is string => id !== undefined && id !== me))];
}

/** begins reports whether the name stands whole after the @: "@Ann" does not call Ann in "@Annabel". */
function begins(text: string, at: number, name: string): boolean {
  if (!text.startsWith(name, at + 1)) return false;
  if (at > 0 && /[\p{L}\p{N}._%+-]/u.test(text.charAt(at - 1))) return false;
  return !/^[\p{L}\p{N}]/u.test(text.slice(at + 1 + name.length));
}

function parts(name: string): string[] {
  return fold(name).split(/[\s-]+/u);
}

function fold(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();
}
