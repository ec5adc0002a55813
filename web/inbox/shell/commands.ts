/** What the command bar can find without asking the server. Pure. */

/** Command is one line of the bar. */
export interface Command {
  id: string;
  group: "actions" | "conversations" | "people" | "settings" | "messages";
  label: string;
  detail?: string;
  key?: string;
  run: () => void;
}

/**
 * matching keeps the commands in which every word of the query begins a word;
 * those whose label begins with the query come first, the order stays otherwise.
 */
export function matching(commands: readonly Command[], query: string): Command[] {
  const words = fold(query)
    .split(/\s+/u)
    .filter((w) => w !== "");
  const found = commands.filter((command) => {
    const parts = fold(`${command.label} ${command.detail ?? ""}`).split(/[\s·@.:/-]+/u);
    return words.every((word) => parts.some((part) => part.startsWith(word)));
  });
  const first = words.join(" ");
  return first === ""
    ? found
    : [...found].sort((a, b) => Number(fold(b.label).startsWith(first)) - Number(fold(a.label).startsWith(first)));
}

/** Letters with and without marks are the same to somebody who searches. */
function fold(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();
}
