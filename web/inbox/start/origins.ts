/** An origin as a person typed it, and what is wrong with it. */
export interface OriginCheck {
  typed: string;
  origin: string | null;
}

/** checkOrigins reads one origin per line or word, as the server will: exact, without a path or wildcard. */
export function checkOrigins(text: string): OriginCheck[] {
  const words = text.split(/[\s,]+/u).filter((w) => w !== "");
  return words.map((typed) => ({ typed, origin: originOf(typed) }));
}

/** originOf normalises one origin; null where it is none. */
export function originOf(typed: string): string | null {
  if (!/^https?:\/\//iu.test(typed) || typed.includes("*") || !URL.canParse(typed)) return null;
  const url = new URL(typed);
  const bare =
    (url.pathname === "/" || url.pathname === "") && url.search === "" && url.hash === "" && url.username === "" && url.password === "";
  return bare && url.hostname !== "" && !typed.includes("?") && !typed.includes("#") ? url.origin : null;
}
