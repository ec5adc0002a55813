/** What sounds how: as the agent wishes, else as usual. Pure. */
import type { AlertWishes } from "$kit/push-api.ts";
import type { ToneName } from "./tones";

export const soundKinds = ["offer", "queue", "message", "mention", "talk", "help", "promise"] as const;
/** SoundKind is what a sound is about. */
export type SoundKind = (typeof soundKinds)[number];

/** Sound is how one kind sounds. */
export interface Sound {
  tone: ToneName;
  volume: number;
  /** Again and again until it is seen. */
  repeat: boolean;
}

const usual: Record<SoundKind, ToneName> = {
  offer: "ring",
  queue: "rise",
  message: "chime",
  mention: "bell",
  talk: "drop",
  help: "bell",
  promise: "knock",
};

/** soundOf is how a kind sounds. What rings for somebody rings until it is answered, unless he says otherwise. */
export function soundOf(kind: SoundKind, wished: AlertWishes["sounds"]): Sound {
  const own = wished?.[kind];
  if (own) return { tone: own.tone, volume: own.volume, repeat: own.repeat ?? false };
  return { tone: usual[kind], volume: 50, repeat: kind === "offer" };
}

const kinds: Partial<Record<string, SoundKind>> = {
  message: "message",
  note: "message",
  mention: "mention",
  queued: "queue",
  queue: "queue",
  alarm: "queue",
  hops: "queue",
  offer: "offer",
  transfer: "offer",
  invite: "offer",
  assigned: "offer",
  help: "help",
  due: "promise",
  promise: "promise",
  "promise.soon": "promise",
  "promise.overdue": "promise",
};

/** soundKindOf is which sound a notice makes; one that a colleague has missed sounds as it did for him. */
export function soundKindOf(notice: { kind: string; about?: string }): SoundKind {
  return kinds[notice.about ?? notice.kind] ?? "talk";
}
