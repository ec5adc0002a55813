/** The frames of the stream, as docs/protocol.md defines them, and its limits. */
import type { ConversationId, Event, Micros, Row, Signal, Voice } from "./wire.ts";

/** Down is a frame from the server. An unknown type must be ignored. */
export type Down =
  | { type: "hello"; stream: string; node: string; now: Micros; resumed: boolean }
  | { type: "event"; cursor: string; event: Event }
  | { type: "row"; row: Row }
  | { type: "signal"; signal: Signal }
  | { type: "ping"; cursor: string }
  | { type: "gone"; conversation: ConversationId }
  | { type: "reset"; scope: "all"; reason: "new" | "gap" | "epoch" | "rights" | "expired" | "bad" }
  | { type: "bye"; code: number; after: number };

/** Up is a frame to the server; it carries nothing that changes state. */
export type Up =
  | { type: "auth"; cursor: string; token?: string; site?: string; watch?: ConversationId[] }
  | { type: "from"; cursor: string }
  | { type: "typing"; conversation?: ConversationId; voice?: Voice; on: boolean }
  | { type: "preview"; conversation?: ConversationId; voice?: Voice; text: string }
  | { type: "viewing"; conversation: ConversationId; on: boolean }
  | { type: "watch"; conversations: ConversationId[] };

/** The limits that docs/protocol.md states. */
export const limits = {
  text: 10_000,
  files: 10,
  fileBytes: 10 << 20,
  watch: 30,
  signalMs: 12_000,
  signalEveryMs: 5_000,
} as const;
