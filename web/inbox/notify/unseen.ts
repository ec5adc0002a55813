/** Sounds that come again until what they are about is seen. */
import type { Down } from "$kit/wire.ts";

/** Unseen repeats sounds, one by one. */
export interface Unseen {
  /** put says that something sounds again and again; conversation is where it is seen. */
  put(conversation: string, sound: () => void): void;
  /** heard looks whether a frame says that something is seen, or that there is nothing left to notice. */
  heard(frame: Down): void;
  stop(): void;
}

export interface UnseenEnv {
  setInterval: (run: () => void, ms: number) => unknown;
  clearInterval: (id: unknown) => void;
}

/** Between two sounds, in milliseconds, and how often at most: a page that nobody sits at falls silent. */
export const againMs = 10_000;
export const mostTimes = 60;

const system: UnseenEnv = {
  setInterval: (run, ms) => setInterval(run, ms),
  clearInterval: (id) => clearInterval(id as ReturnType<typeof setInterval>),
};

/** unseen makes an Unseen for the agent me. */
export function unseen(me: string, env: UnseenEnv = system): Unseen {
  const open = new Map<string, { sound: () => void; left: number }>();
  let timer: unknown = null;
  const stop = () => {
    env.clearInterval(timer);
    timer = null;
    open.clear();
  };
  const again = () => {
    // One sound for all: several at once are noise.
    [...open.values()][0]?.sound();
    for (const [conversation, one] of open) if (--one.left <= 0) open.delete(conversation);
    if (open.size === 0) stop();
  };
  return {
    put: (conversation, sound) => {
      open.set(conversation, { sound, left: mostTimes });
      timer ??= env.setInterval(again, againMs);
    },
    heard: (frame) => {
      const over = seenBy(frame, me);
      if (over !== "" && open.delete(over) && open.size === 0) stop();
    },
    stop,
  };
}

/** seenBy is the Conversation that a frame says is seen, or needs nobody any more; "" = none. */
export function seenBy(frame: Down, me: string): string {
  if (frame.type === "row") {
    const { conversation, thread } = frame.row;
    return thread === undefined || thread.state === "closed" || (thread.state === "active" && thread.lead !== me) ? conversation.id : "";
  }
  if (frame.type !== "event") return "";
  const { event } = frame;
  if (event.kind === "read" || event.kind === "alert.ended") return event.body.conversation ?? "";
  const acted = event.actor.kind === "agent" && event.actor.id === me;
  return acted || event.kind === "assign" || event.kind === "thread.closed" ? event.conversation : "";
}
