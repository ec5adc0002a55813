/** Sounds that come again until what they are about is seen. */
import type { State } from "$kit/reducer.ts";
import type { Down, Row } from "$kit/wire.ts";
import { calmed, takesPart } from "./notice";
import { type SoundKind, soundKindOf } from "./soundkinds";

/** Unseen repeats sounds, one by one. */
export interface Unseen {
  /** put says that something of a kind sounds again and again; conversation is where it is seen. */
  put(conversation: string, kind: SoundKind, sound: () => void): void;
  /** heard looks whether a frame says that something is seen, or that there is nothing left to notice. */
  heard(frame: Down, before: State): void;
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

/** unseen makes an Unseen for the agent me; hushed are the kinds of which he does not want to hear now. */
export function unseen(me: string, hushed: (kind: SoundKind) => boolean, env: UnseenEnv = system): Unseen {
  const open = new Map<string, { conversation: string; kind: SoundKind; sound: () => void; left: number }>();
  let timer: unknown = null;
  const stop = () => {
    env.clearInterval(timer);
    timer = null;
    open.clear();
  };
  const again = () => {
    // One sound for all: several at once are noise.
    [...open.values()].find(({ kind }) => !hushed(kind))?.sound();
    for (const [key, one] of open) if (--one.left <= 0) open.delete(key);
    if (open.size === 0) stop();
  };
  return {
    put: (conversation, kind, sound) => {
      open.set(`${kind}:${conversation}`, { conversation, kind, sound, left: mostTimes });
      timer ??= env.setInterval(again, againMs);
    },
    heard: (frame, before) => {
      for (const [key, { conversation, kind }] of open) if (isOver(frame, before, me, conversation, kind)) open.delete(key);
      if (open.size === 0 && timer !== null) stop();
    },
    stop,
  };
}

/** isOver reports whether a frame says that what a kind of notice told about a Conversation is seen, or needs nobody any more. */
export function isOver(frame: Down, before: State, me: string, conversation: string, kind: SoundKind): boolean {
  if (kind === "help" && calmed(frame, before) === conversation) return true;
  if (frame.type === "row") return ofHisChat(kind) && frame.row.conversation.id === conversation && isTaken(frame.row, me);
  if (frame.type !== "event") return false;
  const { event } = frame;
  const mine = event.actor.kind === "agent" && event.actor.id === me;
  // How far the others of a direct talk have read is told too: its writer has read it at once.
  if (event.kind === "read") return mine && event.body.conversation === conversation;
  if (event.kind === "alert.ended") return event.body.conversation === conversation && soundKindOf({ kind: event.body.kind }) === kind;
  if (event.conversation !== conversation) return false;
  return mine || (ofHisChat(kind) && ((event.kind === "assign" && event.body.lead !== me) || event.kind === "thread.closed"));
}

/** What is over as soon as somebody else has the chat. Whoever is called, or has promised something, is called still. */
const ofHisChat = (kind: SoundKind) => kind === "queue" || kind === "offer" || kind === "message";

function isTaken(row: Row, me: string): boolean {
  const { thread } = row;
  return thread === undefined || thread.state === "closed" || (thread.state === "active" && !takesPart(row, me));
}
