const segments = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const worthy = /^[\p{L}\p{N}\p{Extended_Pictographic}]/u;

/** initials are the first letters of a name's first and last word, whole graphemes each; words of signs alone are left out. */
export function initials(name: string): string {
  const all = name.split(/\s+/u).filter((w) => w !== "");
  const letters = all.filter((w) => worthy.test(w));
  const words = letters.length > 0 ? letters : all.slice(0, 1);
  const chosen = words.length > 1 ? [words[0], words.at(-1)] : words;
  return chosen.map((w) => grapheme(w ?? "").toLocaleUpperCase()).join("");
}

function grapheme(word: string): string {
  for (const { segment } of segments.segment(word)) return segment;
  return "";
}
