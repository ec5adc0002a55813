import type { Shelf } from "$kit/outbox-store.ts";

/**
 * shelfFor keeps what belongs to a visitor apart from what belongs to others on the
 * same browser: of one who is signed in by his sub, letter for letter.
 */
export function shelfFor(shelf: Shelf, sub: () => string | undefined): Shelf {
  const outer = (name: string) => {
    const mine = prefix(sub());
    return mine === "" ? name : mine + name.replace(".", "_");
  };
  return {
    all: async () => {
      const mine = prefix(sub());
      const items = Object.entries(await shelf.all());
      if (mine === "") return Object.fromEntries(items.filter(([name]) => !name.startsWith("as.")));
      return Object.fromEntries(
        items.filter(([name]) => name.startsWith(mine)).map(([name, text]) => [name.slice(mine.length).replace("_", "."), text]),
      );
    },
    put: (name, text) => shelf.put(outer(name), text),
  };
}

function prefix(sub: string | undefined): string {
  if (sub === undefined) return "";
  const hex = Array.from(new TextEncoder().encode(sub), (b) => b.toString(16).padStart(2, "0")).join("");
  return `as.${hex}-`;
}
