/** Which stretch of a timeline stands in the page, and whether its end is followed: what the timelines of conversations and of talks share. */
import { tick, untrack } from "svelte";
import { bottomOf, keepPlace } from "./scroll";
import { type Span, above, around, atEnd, below, down, joined, settle, up } from "./window";

/** Following is what a timeline shows of itself, and where one can go in it. */
export interface Following {
  scroller: HTMLElement | undefined;
  content: HTMLElement | undefined;
  /** The window over the lines. */
  readonly span: Span;
  /** The newest line is on screen. */
  readonly atBottom: boolean;
  /** Earlier ones are to be had, loaded or not; later ones stand below the window. */
  readonly earlier: boolean;
  readonly later: boolean;
  readonly loading: boolean;
  scrolled(): void;
  older(): Promise<void>;
  /** show brings one to a line, and loads what lies between. */
  show(number: number): Promise<void>;
  toEnd(): Promise<void>;
}

/** Look is what the timeline stands on. */
export interface Look {
  /** The numbers of its lines, ascending. */
  numbers: readonly number[];
  /** There are earlier ones that are not loaded. */
  more: boolean;
  /** The line that the address names, and the one before which the divider stands. */
  at: number | null;
  divider: () => number | null;
  /** How many of one's own are on their way: sending brings one to the bottom. */
  sending: number;
}

/** How near to an edge the next lines are put there, and how near to the bottom it is followed, in pixels. */
const near = 400;
const sticky = 48;
/** So many events are loaded at a time: the most that the server gives. */
const page = 100;

/** createFollowing begins at the line that the address names, at the divider, or at the end. Call it while a component is being made. */
export function createFollowing(look: () => Look, load: (limit: number) => Promise<void>): Following {
  let scroller = $state<HTMLElement>();
  let content = $state<HTMLElement>();
  let span = $state.raw<Span>(atEnd(untrack(look).numbers));
  let atBottom = $state(true);
  let loading = $state(false);
  let moving = false;
  let top = 0;

  const numbers = () => untrack(look).numbers;

  function toBottom(): void {
    if (scroller) scroller.scrollTop = scroller.scrollHeight;
  }

  /** shown waits until what was loaded or moved stands in the page. */
  async function shown(): Promise<void> {
    await new Promise(requestAnimationFrame);
    await tick();
  }

  /** While a line is being changed nothing goes out of the page: what is typed in it would be lost. */
  const held = () => scroller?.querySelector("textarea") != null;

  /** go moves the window, and leaves what is on screen at its pixel and the focus in the timeline. */
  async function go(next: Span): Promise<void> {
    const restore = scroller && keepPlace(scroller);
    const focused = scroller?.contains(document.activeElement) ? document.activeElement : null;
    span = held() ? joined(span, next) : next;
    await tick();
    restore?.();
    if (focused && !focused.isConnected) scroller?.focus({ preventScroll: true });
  }

  /** one runs one move at a time. */
  async function one(move: () => Promise<void>): Promise<void> {
    if (moving) return;
    moving = true;
    await move().finally(() => {
      moving = false;
    });
  }

  async function fetchOlder(): Promise<void> {
    loading = true;
    await load(page).catch(() => undefined);
    await shown();
    loading = false;
  }

  const older = () =>
    one(async () => {
      if (!above(numbers(), span) && untrack(look).more) await fetchOlder();
      if (above(numbers(), span)) await go(up(numbers(), span));
    });

  const newer = () =>
    one(async () => {
      if (below(numbers(), span)) await go(down(numbers(), span));
    });

  function scrolled(): void {
    if (!scroller) return;
    const bottom = bottomOf(scroller);
    const later = below(numbers(), span);
    // Only going up leaves the bottom: what grows below is followed.
    if (bottom < sticky && !later) atBottom = true;
    else if (scroller.scrollTop < top - 1) atBottom = false;
    top = scroller.scrollTop;
    if (top < near) void older();
    else if (bottom < near && later) void newer();
  }

  /** reach loads earlier events until a line is among them; a page that does not come ends it. */
  async function reach(number: number): Promise<void> {
    const first = () => numbers()[0] ?? Number.POSITIVE_INFINITY;
    while (untrack(look).more && first() > number) {
      const before = first();
      await fetchOlder();
      if (first() >= before) return;
    }
  }

  async function show(number: number): Promise<void> {
    await reach(number);
    await shown();
    atBottom = false;
    span = around(numbers(), number);
    await tick();
    document.getElementById(`at-${number}`)?.scrollIntoView({ block: "center" });
    // Where all of it fits nothing scrolls, and the end is on screen too.
    if (scroller && bottomOf(scroller) < sticky && !below(numbers(), span)) atBottom = true;
  }

  async function toEnd(): Promise<void> {
    atBottom = true;
    span = atEnd(numbers());
    await tick();
    toBottom();
  }

  async function begin(at: number | null): Promise<void> {
    await tick();
    if (at !== null) return show(at);
    const divider = untrack(() => look().divider());
    if (divider === null) await toEnd();
    else {
      span = around(numbers(), divider);
      await tick();
      scroller?.querySelector(".divider")?.scrollIntoView({ block: "center" });
    }
    scrolled();
  }

  /** Whoever stands at the bottom stays there, whatever grows: new words, a picture, the composer. */
  $effect(() => {
    if (!content || !scroller) return;
    const observer = new ResizeObserver(() => {
      if (untrack(() => atBottom)) toBottom();
    });
    observer.observe(content);
    observer.observe(scroller);
    return () => observer.disconnect();
  });

  $effect(() => {
    const next = settle(look().numbers, span, atBottom);
    if (next !== span && !held()) span = next;
  });

  const at = $derived(look().at);
  $effect(() => {
    void begin(at);
  });

  const sending = $derived(look().sending);
  let sent = 0;
  $effect(() => {
    if (sending > sent) void toEnd();
    sent = sending;
  });

  return {
    get scroller() {
      return scroller;
    },
    set scroller(to) {
      scroller = to;
    },
    get content() {
      return content;
    },
    set content(to) {
      content = to;
    },
    get span() {
      return span;
    },
    get atBottom() {
      return atBottom;
    },
    get earlier() {
      return look().more || above(look().numbers, span);
    },
    get later() {
      return below(look().numbers, span);
    },
    get loading() {
      return loading;
    },
    scrolled,
    older,
    show,
    toEnd,
  };
}
