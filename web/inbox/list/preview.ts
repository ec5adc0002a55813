import type { Row } from "$kit/wire.ts";

/** Preview is a row's last line: who said it and what. */
export interface Preview {
  who: "visitor" | "me" | "other" | "nobody";
  name: string;
  text: string;
  note: boolean;
}

/** previewOf is what a list shows of a Conversation's newest words, on one line. */
export function previewOf(row: Row, me: string): Preview {
  const last = row.conversation.last;
  const text = last.text.replace(/\s+/gu, " ").trim();
  const note = last.kind === "note";
  if (last.by === "visitor") return { who: "visitor", name: "", text, note };
  if (last.by === "agent" && last.by_id === me) return { who: "me", name: "", text, note };
  if (last.by === "agent" || last.by === "bot") return { who: "other", name: last.name ?? "", text, note };
  return { who: "nobody", name: "", text, note };
}
