/** Piece is a stretch of text, or of a link with its address. */
export interface Piece {
  text: string;
  href?: string;
}

/**
 * linkify splits a text into plain pieces and links; joined, the pieces' texts
 * are the text again. Only http, https and mailto ever become links, and no
 * address that hides its host behind a user name or turns its direction.
 */
export function linkify(text: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(candidate)) {
    const found = trim(match[0]);
    const href = hrefOf(found);
    if (href === undefined) continue;
    if (match.index > end) pieces.push({ text: text.slice(end, match.index) });
    pieces.push({ text: found, href });
    end = match.index + found.length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end) });
  return pieces;
}

// Every repetition is bounded, so that no text makes the search quadratic.
// Direction-changing and zero-width characters end an address.
const tail = String.raw`[^\s<>"\u0060\u0000-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]{1,2000}`;
const mail = String.raw`[a-z0-9](?:[a-z0-9._%+-]{0,63})@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,5}`;
const candidate = new RegExp(String.raw`(?<![a-z0-9])(?:https?://${tail}|www\.${tail}|${mail})`, "giu");

const pairs: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{" };

/** trim drops the punctuation that ends a sentence and not an address. A closing bracket stays where it was opened. */
function trim(found: string): string {
  let length = found.length;
  for (; length > 0; length--) {
    const last = found.charAt(length - 1);
    const open = pairs[last];
    const body = found.slice(0, length);
    if (open !== undefined ? count(body, last) <= count(body, open) : !/[.,:;!?'*_~…。、，！？）」』»”’]/u.test(last)) break;
  }
  return found.slice(0, length);
}

function count(text: string, char: string): number {
  return text.split(char).length - 1;
}

function hrefOf(found: string): string | undefined {
  if (/^https?:\/\//iu.test(found)) return webHref(found);
  if (/^www\./iu.test(found)) return webHref(`https://${found}`);
  return found.includes("@") && /\.[a-z]{2,}$/iu.test(found) ? `mailto:${found}` : undefined;
}

function webHref(address: string): string | undefined {
  try {
    const url = new URL(address);
    const plain = (url.protocol === "https:" || url.protocol === "http:") && url.username === "" && url.password === "";
    return plain && url.hostname !== "" ? url.href : undefined;
  } catch {
    return undefined;
  }
}
