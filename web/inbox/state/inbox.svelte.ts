/**
 * The one normalised store of the signed-in agent: the kit's reducer over
 * snapshot and stream, shown to the screens once per frame.
 */
import { isKind } from "$kit/api.ts";
import { type Input, type State, empty, gaps, listed, reduce, stale } from "$kit/reducer.ts";
import { type Stream, type StreamState, connect } from "$kit/stream.ts";
import type { Agent, Down, ListName, Row, Up } from "$kit/wire.ts";
import { setServerTime, startClock } from "./clock.svelte";
import { perFrame } from "./frames";
import { roughDepth } from "./rough";
import { api } from "./server";
import { wantedTransport } from "./transport";

/** Inbox is what the screens read and ask. */
export interface Inbox {
  /** Everything known; reading it in a component follows it. */
  readonly state: State;
  readonly line: StreamState;
  readonly me: Agent;
  /** The first snapshot is on screen. */
  readonly ready: boolean;
  /** The Conversation that is open, if any, and why it could not be loaded. */
  readonly open: string | null;
  readonly trouble: Trouble;
  /** What is open is a talk, and was opened as a Conversation. */
  readonly misplaced: string | null;
  /** The loaded rows of a list in its order, sorted once per change. */
  rows(list: ListName): readonly Row[];
  /** How many rows a list has: exact where all of it is loaded, else as the server counted. */
  count(list: ListName): number;
  dispatch(input: Input): void;
  send(frame: Up): void;
  /** show opens a Conversation, or a talk of the team: watches it, then loads it, so that nothing falls between. */
  show(id: string | null, talk?: boolean): void;
  /** beside opens further Conversations next to the one that is open, as the wall does; those that were open before are closed. */
  beside(ids: readonly string[]): void;
  /** more loads the next page of a list; it does nothing while one is loading or none is left. */
  more(list: ListName): Promise<void>;
  /** older loads earlier events of a Conversation. */
  older(id: string, limit?: number): Promise<void>;
  stop(): void;
}

/** Trouble is why what is open cannot be shown: it may not be seen, or not any more since it was open, or the line is down. */
export type Trouble = "missing" | "gone" | "offline" | null;

export interface InboxOptions {
  me: Agent;
  session: string;
  /** Every frame, with the State before it. */
  onFrame?: (frame: Down, before: State) => void;
  onLine?: (line: StreamState) => void;
  /** Somebody ended this sign-in. */
  onEnded?: () => void;
}

/** How often rough unread counts are asked for again at most, in milliseconds. */
const refineEvery = 4000;

/** How many rows or events one page has: the most that the server gives. */
const pageSize = 100;

const lists: readonly ListName[] = ["my", "queue", "all"];

/** createInbox starts following the log for the signed-in agent. */
export function createInbox(options: InboxOptions): Inbox {
  let latest = empty(options.session);
  let shown = $state.raw(latest);
  let line = $state.raw<StreamState>({ kind: "connecting" });
  let ready = $state(false);
  let open = $state<string | null>(null);
  /** What was open until it was taken away. */
  let lost: string | null = null;
  let extra: readonly string[] = [];
  let openIsTalk = false;
  let trouble = $state<Trouble>(null);
  let misplaced = $state<string | null>(null);
  let stopped = false;
  let stream: Stream | undefined;
  let refining: ReturnType<typeof setTimeout> | undefined;
  let refined: State["marks"] | undefined;
  const loading = new Set<string>();

  const my = $derived(listed(shown, "my"));
  const queue = $derived(listed(shown, "queue"));
  const all = $derived(listed(shown, "all"));
  const rows = (list: ListName) => (list === "my" ? my : list === "queue" ? queue : all);

  const publish = perFrame(() => {
    shown = latest;
    fillGaps();
    if (refining === undefined && latest.marks !== refined) refining = setTimeout(refine, refineEvery);
  });

  /** refine asks for the unread counts that rows alone left rough, at most once in a while and only for eyes. */
  async function refine(): Promise<void> {
    const marks = latest.marks;
    const depth = document.visibilityState === "visible" && line.kind === "live" ? roughDepth(listed(latest, "all"), marks) : 0;
    const page = depth > 0 && !stopped ? await api.list("all", undefined, depth).catch(() => null) : null;
    refining = undefined;
    refined = marks;
    if (page) dispatch({ type: "rows", page });
  }

  function dispatch(input: Input): void {
    const before = latest;
    latest = reduce(latest, input);
    if (latest === before) return;
    // What is open and may not be seen any more is asked for once, so that the screen can say so.
    if (open !== null && before.talks.has(open) && !latest.talks.has(open)) {
      if (openIsTalk) lost = open;
      again(open);
    }
    // The answer of an own act shows at once: what was pending goes away in the same moment.
    if (input.type === "done") shown = latest;
    publish();
    if (latest.ended && !before.ended) options.onEnded?.();
  }

  /** once runs one load of a name at a time; what fails by the line is asked again by the next change. */
  async function once(name: string, work: () => Promise<void>): Promise<void> {
    if (loading.has(name) || stopped) return;
    loading.add(name);
    try {
      await work();
    } finally {
      loading.delete(name);
    }
  }

  function fillGaps(): void {
    for (const gap of gaps(latest)) {
      void once(`gap ${gap.conversation}`, async () => {
        const page = await api.newer(gap.conversation, gap.after, pageSize).catch(() => null);
        if (page) dispatch({ type: "newer", gap, page });
      });
    }
    for (const id of stale(latest))
      if (id === open) again(id);
      else if (extra.includes(id)) void once(`beside ${id}`, () => loadBeside(id));
    // What was to be forgotten and came back as a row, since the present thread is still for this agent.
    if (open !== null && trouble === null && !latest.talks.has(open) && (openIsTalk ? latest.channels : latest).rows.has(open)) again(open);
    // Whoever is added to what he had lost, or begins to see it, finds it open.
    else if (open !== null && openIsTalk && (trouble === "gone" || trouble === "missing") && latest.channels.rows.has(open)) again(open);
    // Reserved ones, such as agent:a_1, carry facts and are no conversations to load.
    for (const id of latest.channels.wanted.keys()) void once(`talk ${id}`, () => learnTalk(id));
    for (const id of latest.wanted.keys()) if (id.startsWith("c_")) void once(`row ${id}`, () => learn(id));
  }

  /** learn loads a Conversation that was spoken of, for its row alone. */
  async function learn(id: string): Promise<void> {
    try {
      dispatch({ type: "opened", opened: await api.conversation(id) });
      if (open !== id && !extra.includes(id)) dispatch({ type: "closed", conversation: id });
    } catch (error) {
      if (isKind(error, "missing", "gone", "denied")) dispatch({ type: "frame", frame: { type: "gone", conversation: id } });
    }
  }

  /** learnTalk loads a talk that was spoken of, for its row, and for its window where it stands open. */
  async function learnTalk(id: string): Promise<void> {
    try {
      dispatch({ type: "talk", opened: await api.talk(id), shown: open === id });
    } catch (error) {
      if (isKind(error, "missing", "gone", "denied")) dispatch({ type: "frame", frame: { type: "gone", conversation: id } });
    }
  }

  /** snapshot loads everything anew and answers the cursor from which to follow. */
  async function snapshot(): Promise<string> {
    const inbox = await api.inbox("my");
    dispatch({ type: "inbox", list: "my", inbox });
    ready = true;
    shown = latest;
    await Promise.all([...lists.slice(1).map(firstPage), open === null ? undefined : load(open)]);
    return inbox.cursor;
  }

  async function firstPage(list: ListName): Promise<void> {
    dispatch({ type: "page", list, page: await api.list(list, undefined, pageSize), first: true });
  }

  function again(id: string): void {
    void once(`open ${id}`, () => load(id));
  }

  async function load(id: string): Promise<void> {
    try {
      const input = await opened(id);
      if (open !== id) return;
      dispatch(input);
      trouble = null;
      lost = null;
    } catch (error) {
      if (open !== id) return;
      if (!isKind(error, "missing", "gone", "denied")) {
        trouble = "offline";
        return;
      }
      const elsewhere = !openIsTalk && (await isTalk(id));
      if (open !== id) return;
      if (!elsewhere) lose(id);
      else if (!openIsTalk) misplaced = id;
    }
  }

  /** isTalk asks whether there is a talk where there is no Conversation. */
  const isTalk = (id: string) =>
    api.talk(id).then(
      () => true,
      () => false,
    );

  /** lose says that what is open may not be seen, or not any more; of a talk nothing stays on the screen. */
  function lose(id: string): void {
    const had = lost === id || (openIsTalk && latest.talks.has(id));
    trouble = had ? "gone" : "missing";
    if (openIsTalk) dispatch({ type: "closed", conversation: id });
  }

  async function opened(id: string): Promise<Input> {
    if (openIsTalk) return { type: "talk", opened: await api.talk(id), shown: true };
    return { type: "opened", opened: await api.conversation(id) };
  }

  function show(id: string | null, talk = false): void {
    if (open === id && openIsTalk === talk) return;
    const left = open === id ? null : open;
    open = id;
    openIsTalk = talk;
    lost = null;
    trouble = null;
    misplaced = null;
    if (left !== null && !extra.includes(left)) dispatch({ type: "closed", conversation: left });
    if (stream === undefined) return;
    watchAll();
    if (id !== null) again(id);
  }

  function watchAll(): void {
    stream?.send({ type: "watch", conversations: [...new Set([...(open === null ? [] : [open]), ...extra])] });
  }

  function beside(ids: readonly string[]): void {
    const left = extra.filter((id) => !ids.includes(id) && id !== open);
    const added = ids.filter((id) => !extra.includes(id));
    if (left.length === 0 && added.length === 0) return;
    extra = [...ids];
    for (const id of left) dispatch({ type: "closed", conversation: id });
    watchAll();
    for (const id of added) void once(`beside ${id}`, () => loadBeside(id));
  }

  async function loadBeside(id: string): Promise<void> {
    const opened = await api.conversation(id).catch(() => null);
    if (opened && extra.includes(id)) dispatch({ type: "opened", opened });
  }

  function follow(cursor: string): void {
    stream = connect({
      path: "/v1/stream",
      cursor,
      transport: wantedTransport(),
      share: `agent-${options.me.id}`,
      onFrame: (frame) => {
        const before = latest;
        dispatch({ type: "frame", frame });
        options.onFrame?.(frame, before);
      },
      onReset: snapshot,
      onState: (state) => {
        const back = state.kind === "live" && line.kind !== "live";
        line = state;
        options.onLine?.(state);
        if (back && trouble === "offline" && open !== null) void load(open);
        if (back) fillGaps();
      },
      onClock: setServerTime,
    });
    if (open !== null || extra.length > 0) watchAll();
    if (open !== null) void load(open);
    for (const id of extra) void once(`beside ${id}`, () => loadBeside(id));
  }

  async function begin(): Promise<void> {
    for (let wait = 500; !stopped; wait = Math.min(wait * 2, 10_000)) {
      try {
        const cursor = await snapshot();
        if (!stopped) follow(cursor);
        return;
      } catch (error) {
        if (isKind(error, "signed-out")) {
          options.onLine?.({ kind: "stopped", why: "signed-out" });
          return;
        }
        line = { kind: "waiting", until: Date.now() + wait };
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
    }
  }

  const stopClock = startClock((now) => {
    if (latest.signals.size > 0) dispatch({ type: "tick", now });
  });
  void begin();

  return {
    get state() {
      return shown;
    },
    get line() {
      return line;
    },
    get me() {
      return shown.me ?? options.me;
    },
    get ready() {
      return ready;
    },
    get open() {
      return open;
    },
    get misplaced() {
      return misplaced;
    },
    get trouble() {
      return trouble;
    },
    rows,
    count: (list) => {
      const { loaded, next } = shown.extents[list];
      const known = loaded ? rows(list).length : 0;
      return loaded && next === undefined ? known : Math.max(known, shown.counts[list]);
    },
    dispatch,
    send: (frame) => stream?.send(frame),
    show,
    beside,
    more: (list) =>
      once(`list ${list}`, async () => {
        const after = latest.extents[list].next;
        if (after === undefined) return;
        const page = await api.list(list, after, pageSize).catch(() => null);
        if (page) dispatch({ type: "page", list, page, first: false });
      }),
    older: (id, limit = 50) =>
      once(`older ${id}`, async () => {
        const talk = latest.talks.get(id);
        if (!talk?.more) return;
        const before = talk.events[0]?.seq ?? talk.through + 1;
        const page = await api.older(id, before, limit);
        dispatch({ type: "older", conversation: id, before, page });
      }),
    stop: () => {
      stopped = true;
      clearTimeout(refining);
      stream?.close();
      stopClock();
    },
  };
}
