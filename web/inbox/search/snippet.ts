/** Part is a stretch of a search snippet; hit marks the words that were looked for. */
export interface Part {
  text: string;
  hit: boolean;
}

const opens = "\u0002";
const closes = "\u0003";

/** snippetParts splits a snippet at its marks. Unbalanced marks lose no text and are never shown. */
export function snippetParts(snippet: string): Part[] {
  const parts: Part[] = [];
  let hit = false;
  let text = "";
  const end = () => {
    if (text !== "") parts.push({ text, hit });
    text = "";
  };
  for (const char of snippet) {
    if (char !== opens && char !== closes) {
      text += char;
      continue;
    }
    end();
    hit = char === opens;
  }
  end();
  return parts;
}
