/** Searching as one types: the newest question wins, and pages follow. */
import type { Hit, Narrow } from "$kit/agent-api.ts";
import { ApiError } from "$kit/api.ts";
import { refusalWords } from "../state/refusal";
import { api } from "../state/server";

export interface Find {
  readonly hits: readonly Hit[];
  readonly state: "idle" | "busy" | "done" | "failed";
  readonly problem: string;
  readonly more: boolean;
  /** The words that the hits belong to. */
  readonly asked: string;
  ask(words: string, narrow?: Narrow): void;
  next(): void;
  stop(): void;
}

/** How long the person must pause before the server is asked, in milliseconds. */
const patience = 200;

/** createFind makes a search that has found nothing yet. */
export function createFind(): Find {
  let hits = $state.raw<readonly Hit[]>([]);
  let state = $state<Find["state"]>("idle");
  let problem = $state("");
  let asked = $state("");
  let narrowed: Narrow = {};
  let further = $state.raw<string | number | undefined>(undefined);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: AbortController | undefined;

  async function load(words: string, before?: string | number): Promise<void> {
    running?.abort();
    const own = new AbortController();
    running = own;
    state = "busy";
    try {
      const found = await api.search(words, narrowed, before, own.signal);
      hits = before === undefined ? found.hits : [...hits, ...found.hits];
      further = found.next || undefined;
      asked = words;
      state = "done";
    } catch (error) {
      if (own.signal.aborted) return;
      problem = error instanceof ApiError ? refusalWords(error) : "";
      state = "failed";
    }
  }

  const stop = () => {
    clearTimeout(timer);
    running?.abort();
  };

  return {
    get hits() {
      return hits;
    },
    get state() {
      return state;
    },
    get problem() {
      return problem;
    },
    get more() {
      return further !== undefined;
    },
    get asked() {
      return asked;
    },
    ask: (words, narrow = {}) => {
      stop();
      narrowed = narrow;
      if (words.trim() === "") {
        hits = [];
        asked = "";
        state = "idle";
        return;
      }
      timer = setTimeout(() => void load(words.trim()), patience);
    },
    next: () => {
      if (state !== "busy" && further !== undefined) void load(asked, further);
    },
    stop,
  };
}
