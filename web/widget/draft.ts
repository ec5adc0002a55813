import type { Shelf } from "$kit/outbox-store.ts";

/** Draft is the text that is being written, kept over a reload where the browser allows it. */
export interface Draft {
  get(): string;
  set(text: string): void;
}

const pauseMs = 300;

/** openDraft keeps the draft of one visitor on the page's shelf; former is what stood there. */
export function openDraft(former: string, shelf: Shelf): Draft {
  let held = former;
  let timer = 0;
  const keep = () => void shelf.put("draft", held === "" ? null : held).catch(() => undefined);
  return {
    get: () => held,
    set: (text) => {
      held = text;
      clearTimeout(timer);
      if (text === "") keep();
      else timer = window.setTimeout(keep, pauseMs);
    },
  };
}
