/** What belongs to watching and to the help flag, as internal/chat tells it. Part of wire.ts, which gives it on. */
import type { AgentId, ConversationId, GroupId, Micros, Row, ThreadId } from "./wire.ts";

/** WatchRule is who of those who may see a Group's chats may also watch them; none = anyone. */
export type WatchRule = "anyone" | "group" | "supervisors" | "nobody";
/** Told is what the lead is told about who watches; none = count. */
export type Told = "names" | "count" | "nothing";

/** PreviewRule is who of those who watch reads a text before it is sent. */
export type PreviewRule = "watchers" | "supervisors" | "nobody";

/** Quiet are hours of every day in which nobody watches unasked; to may lie on the next day. */
export interface Quiet {
  from: string;
  to: string;
  zone: string;
}

/** Etiquette is what a Group has agreed about colleagues who watch its chats and step in. */
export interface Etiquette {
  watch?: WatchRule;
  told?: Told;
  quiet?: Quiet;
  /** The Group's members take over, too. */
  take_over?: boolean;
  /** Who of the watchers reads what the visitor types; none = watchers. And what the lead types; none = supervisors. */
  preview?: PreviewRule;
  drafts?: PreviewRule;
  /** Seconds, and questions, after which a chat asks for help by itself; 0 = the default, -1 = never. */
  help_after?: number;
  help_questions?: number;
  /** Letters in capitals; 0 = the default, -1 = never. */
  help_capitals?: number;
  /** The sum above which a promised refund asks for help; 0 = never. */
  help_refund?: number;
}

export type HelpCause = "asked" | "waiting" | "questions" | "word" | "capitals" | "refund";

/** Help is the raised help flag of a Thread. */
export interface Help {
  since: Micros;
  cause: HelpCause;
  reason?: string;
  /** Who raised it, or whose promise did; absent = it rose by itself. */
  by?: AgentId;
  /** Who has said that he comes, and since when; absent = nobody yet. */
  taken_by?: AgentId;
  taken_at?: Micros;
}

export interface HelpRaised {
  cause: HelpCause;
  reason?: string;
  by?: AgentId;
  by_name?: string;
}

export interface HelpCleared {
  how: "hand" | "answer";
  by?: AgentId;
  by_name?: string;
  /** How long it was raised, in milliseconds. */
  raised_ms?: number;
}

/** HelpTaken: a colleague says that he comes, so that nobody else needs to. */
export interface HelpTaken {
  by: AgentId;
  by_name: string;
  waited_ms: number;
}

/** HelpReturned: who had said so does not come, and everybody is called again. */
export interface HelpReturned {
  by: AgentId;
  by_name: string;
  how: "hand" | "gone" | "access";
}

export type WatchEnd = "stopped" | "closed" | "access" | "refused" | "sign_out" | "gone" | "joined" | "lead";

/** Watch is that an agent watches a Thread of a lead for a time. */
export interface Watch {
  id: string;
  watcher: AgentId;
  conversation: ConversationId;
  thread: ThreadId;
  lead?: AgentId;
  group: GroupId;
  told: Told;
  /** Who asked the watcher to watch. */
  invited?: AgentId;
  began: Micros;
  ended?: Micros;
  whispered?: number;
  how?: WatchEnd;
}

export interface WatchEnded {
  conversation: ConversationId;
  thread: ThreadId;
  how: WatchEnd;
}

/** Watched is how many watch a Thread, as far as its lead may know. */
export interface Watched {
  conversation: ConversationId;
  thread: ThreadId;
  count: number;
  names: AgentId[];
}

/** WatchInvited: a colleague asks the reader to watch. */
export interface WatchInvited {
  conversation: ConversationId;
  thread: ThreadId;
  by: AgentId;
  by_name: string;
}

/** Observing is what an agent has to do with watching. */
export interface Observing {
  watching: Watch[];
  watched: Watched[];
  invited: WatchInvited[];
}

/** Observation is one entry of the log of watches; visitor where the reader may see the chat. */
export interface Observation extends Watch {
  visitor?: string;
}

/** WatchMark names an entry of the log of watches: several may have begun in the same moment. */
export interface WatchMark {
  began: Micros;
  id: string;
}

/** WatchHours is for how long an agent's chats were watched, and for how long he watched others'. */
export interface WatchHours {
  agent: AgentId;
  watched_ms: number;
  watched: number;
  watching_ms: number;
  watching: number;
}

/** ObservationPage is a page of that log; no next = it is the last. */
export interface ObservationPage {
  observations: Observation[];
  next?: WatchMark;
}

/** WallChat is a chat that the agent may watch, or that asks for help. */
export interface WallChat {
  row: Row;
  watching?: boolean;
  may_watch?: boolean;
  may_take_over?: boolean;
  /** Its help flag may be taken, and nobody has. */
  may_help?: boolean;
}
