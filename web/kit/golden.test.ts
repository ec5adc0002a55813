import { expect, test } from "vitest";
import { foldRow } from "./fold.ts";
import type { Conversation, Event, Row, Thread } from "./wire.ts";

/** Stories and the state that internal/chat comes to, written by its TestFold_GoldenStories. */
const golden = import.meta.glob<string>("../../internal/chat/testdata/folds.golden.json", {
  query: "?raw",
  import: "default",
  eager: true,
});
const [told] = Object.values(golden);

interface Story {
  events: Event[];
  state: { conversation: Conversation; thread?: Thread };
}

test.skipIf(told === undefined)("what the server folds from a story, the kit folds from it", () => {
  const stories = JSON.parse(told ?? "[]") as Story[];
  expect(stories.length).toBeGreaterThan(10);
  for (const [number, { events, state }] of stories.entries()) {
    const nothing = { seq: 0, kind: "", by: "", text: "", at: 0 } as const;
    const conversation = { ...state.conversation, head: 0, vhead: 0, seen_visitor: 0, seen_team: 0, last: nothing };
    const begin: Row = { conversation, visitor: { id: "v_mia", site: "", name: "Mia", since: 0, seen: 0, conversation: "c_1" } };
    const { conversation: kept, thread } = events.reduce(foldRow, begin);
    const kinds = events.map((e) => e.kind).join(" ");
    expect({ number, kinds, thread }).toEqual({ number, kinds, thread: state.thread });
    expect({ number, kinds, ...kept, last: lineOf(kept) }).toEqual({
      number,
      kinds,
      ...state.conversation,
      last: lineOf(state.conversation),
    });
  }
});

/** The server leaves an empty name out of a line, and the kit does not. */
function lineOf({ last }: Conversation): object {
  return { ...last, by_id: last.by_id ?? "", name: last.name ?? "" };
}
