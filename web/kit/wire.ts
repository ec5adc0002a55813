/**
 * The JSON that crosses the wire, as Go's internal/chat and docs/protocol.md
 * define it: one shape from database to browser. Times are integer
 * microseconds since 1970 (UTC). Fields are only ever added.
 */

import type { Badge } from "./badge.ts";
import type { TalkRow } from "./channels.ts";
import type { ChatRole, Event, Invitation, Kind } from "./event.ts";
import type { Passage, Promised, Rest, Target, Transfer } from "./pass.ts";
import type { Class, GroupRules } from "./rules.ts";
import type { SideTalk } from "./sidetalks.ts";
import type { Queued } from "./visiting.ts";
import type { Etiquette, Help, Observing } from "./watching.ts";

export * from "./frames.ts";
export type * from "./event.ts";
export type * from "./pass.ts";
export type * from "./visiting.ts";
export type * from "./watching.ts";

export type ConversationId = string;
export type ThreadId = string;
export type AgentId = string;
export type VisitorId = string;
export type GroupId = string;
export type SiteId = string;
export type FileId = string;
export type EventId = string;
export type SessionId = string;
/** Micros is a moment in microseconds since 1970. */
export type Micros = number;

export type ActorKind = "visitor" | "agent" | "bot" | "system";
/** Audience is who an event is for; a private one names the agents: "private:a_1,a_2". */
export type Audience = "all" | "agents" | `private:${string}`;
export type Policy = "open" | "group" | "lead";
export type Role = "owner" | "admin" | "supervisor" | "agent" | "colleague";
export type Status = "accepting" | "finishing" | "away" | "offline";
export type ThreadState = "queued" | "active" | "closed";
export type Reason = "resolved" | "ended" | "abandoned";
export type Voice = "reply" | "note" | "whisper";
export type ListName = "my" | "queue" | "all";
/** StatusCause is why a status changed by itself. */
export type StatusCause = "missed" | "no_input" | "lease" | "until";
/** MailCause is why an answer by e-mail is offered. */
export type MailCause = "max_wait" | "closed" | "full" | "asked";

/** Actor is who did it. */
export interface Actor {
  kind: ActorKind;
  id?: string;
  name?: string;
}

/** Access is what decides who of the team may see a Thread. */
export interface Access {
  group: GroupId;
  policy: Policy;
  stub?: boolean;
  lead?: AgentId;
  members?: AgentId[];
  /** Members whose words do not go to the visitor. */
  quiet?: AgentId[];
  /** They see it though the policy does not admit them. */
  guests?: AgentId[];
}

export interface AccessChange {
  before: Access;
  after: Access;
}

/** FileRef is a file as an event holds it: never a URL. */
export interface FileRef {
  id: FileId;
  name: string;
  type: string;
  size: number;
  width?: number;
  height?: number;
}

/** Line is the newest message or note as a list shows it. */
export interface Line {
  seq: number;
  kind: Kind | "";
  by: ActorKind | "";
  by_id?: string;
  name?: string;
  text: string;
  at: Micros;
}

export interface Conversation {
  id: ConversationId;
  kind: "customer" | "reserved";
  site?: SiteId;
  visitor?: VisitorId;
  head: number;
  vhead: number;
  seen_visitor: number;
  seen_team: number;
  last: Line;
}

/** Thread is one sitting inside a Conversation. */
export interface Thread {
  id: ThreadId;
  conversation: ConversationId;
  number: number;
  state: ThreadState;
  reason?: Reason;
  group: GroupId;
  policy: Policy;
  lead?: AgentId;
  members: AgentId[];
  guests?: AgentId[];
  started_at: Micros;
  queued_at?: Micros;
  taken_at?: Micros;
  closed_at?: Micros;
  waiting_since?: Micros;
  stub?: boolean;
  /** The seq of its thread.started. */
  first?: number;
  version: number;
  mode?: "mail";
  priority?: number;
  skills?: string[];
  /** Before those who have not talked yet; back_at is when it came back. */
  front?: boolean;
  back_at?: Micros;
  /** The order of the queue, ascending. */
  place?: number;
  offers?: Offer[];
  tries?: Try[];
  round?: number;
  round_at?: Micros;
  excluded?: AgentId[];
  recent?: AgentId;
  recent_at?: Micros;
  owner?: AgentId;
  /** When an answer by e-mail was offered, why, and that the visitor answered that. */
  asked_at?: Micros;
  asked?: MailCause;
  mail_done?: boolean;
  /** He wants nothing by e-mail. */
  no_mail?: boolean;
  /** When the lead got it, replied first, and was told that his reply is due. */
  assigned_at?: Micros;
  replied_at?: Micros;
  warned_at?: Micros;
  answered_at?: Micros;
  /** Waits for its visitor and counts a quarter. */
  idle?: boolean;
  /** Above its lead's limit. */
  over?: boolean;
  /** moved_from lost it with his line; taken_from knows and may ask for it back; asked_by has. lost_at is when. */
  moved_from?: AgentId;
  taken_from?: AgentId;
  asked_by?: AgentId;
  lost_at?: Micros;
  /** Open while somebody is asked to take over; passed are the times that it was passed on. */
  transfer?: Transfer;
  passed?: Passage[];
  /** For how long transfers that nobody accepted have stopped the time of the first reply. */
  rest?: Rest;
  /** Guests who see it only as long as they watch. */
  stays?: AgentId[];
  /** For whom it waits, who is not there; promise is what its visitor is owed. */
  held?: Target;
  promise?: Promised;
  /** Who is being asked in, what members do, what the host has not decided, who wrote to the visitor. */
  invites?: Invite[];
  roles?: Casting[];
  proposals?: { seq: number; agent: AgentId }[];
  wrote?: AgentId[];
  /** The raised help flag. */
  help?: Help;
  /** The questions to colleagues, those that are over included. */
  side_talks?: SideTalk[];
}

/** Loss is a Thread that this agent lost with his line: what he is told of it, whether or not he may see it. */
export interface Loss {
  agent: AgentId;
  conversation: ConversationId;
  thread: ThreadId;
  group?: GroupId;
  at?: Micros;
  /** Who has it now; absent while it waits. */
  lead?: AgentId;
  asked?: boolean;
  /** There is nothing to ask for any more. */
  ended?: boolean;
}

/** Invite asks a colleague in until its deadline; one for a group goes from one who is free to the next. */
export interface Invite {
  /** Its event's seq names it. */
  seq: number;
  /** Who is asked now; absent while nobody is. */
  agent?: AgentId;
  group?: GroupId;
  role?: ChatRole;
  by: AgentId;
  note?: string;
  at: Micros;
  deadline?: Micros;
  asked?: AgentId[];
}

/** Casting is what a member does; until trusted what an expert writes goes straight to the visitor. */
export interface Casting {
  agent: AgentId;
  role: ChatRole;
  trusted?: Micros;
}

/** Offer rings an agent until its deadline. */
export interface Offer {
  agent: AgentId;
  at: Micros;
  deadline: Micros;
  /** The colleague who chose him; absent: the router. */
  by?: AgentId;
}

/** Try counts how often a Thread was offered to an agent who did not take it. */
export interface Try {
  agent: AgentId;
  count: number;
}

export interface Visitor {
  id: VisitorId;
  site: SiteId;
  name: string;
  email?: string;
  language?: string;
  country?: string;
  device?: string;
  page?: string;
  title?: string;
  visits?: number;
  /** The agent whom this visitor is always given to where he can be. */
  owner?: AgentId;
  data?: Record<string, string>;
  /** Who he is as his site's own server has signed. */
  signed?: Identity;
  /** A browser that wrote before it was signed in as somebody who was known already. */
  beside?: boolean;
  since: Micros;
  seen: Micros;
  conversation: ConversationId;
}

/** Identity is who a visitor is as his site's own server has signed. */
export interface Identity {
  sub: string;
  name?: string;
  email?: string;
  data?: Record<string, string>;
}

/** Row is a Conversation as a list shows it. read and unread come with snapshots only. */
export interface Row {
  conversation: Conversation;
  thread?: Thread;
  visitor: Visitor;
  read?: number;
  unread?: number;
}

export interface Agent {
  id: AgentId;
  name: string;
  email: string;
  role: Role;
  status: Status;
  reason?: string;
  until?: Micros;
  /** Why the status changed by itself. */
  cause?: StatusCause;
  /** Until when a status set by a program holds. */
  lease?: Micros;
  limit: number;
  groups: GroupId[];
  /** His turn in a Group, where it is not the normal one. */
  classes?: Record<GroupId, Class>;
  skills?: string[];
  /** What he is asked about, in his own words. */
  topics?: string[];
  /** Who watches and has the right may read what he types before he sends it. */
  open_drafts?: boolean;
  /** What he has put at his name for his colleagues. */
  badge?: Badge;
  /** Until when he does not want to be disturbed. */
  undisturbed?: Micros;
  disabled?: boolean;
  rights?: number;
}

export interface Group {
  id: GroupId;
  name: string;
  policy: Policy;
  /** What visitors call it, by language. */
  names?: Record<string, string>;
  /** Visitors cannot choose it. */
  private?: boolean;
  /** Others see that a restricted chat exists. */
  stub?: boolean;
  deleted?: boolean;
  successor?: GroupId;
  rules?: GroupRules;
  /** What it has agreed about colleagues who watch. */
  etiquette?: Etiquette;
}

export interface Appearance {
  accent: string;
  position: string;
  greeting: string;
}

export interface Site {
  id: SiteId;
  name: string;
  key: string;
  origins: string[];
  language: string;
  appearance: Appearance;
  group: GroupId;
  /** The groups in the chooser, in order; none means no chooser. */
  choose?: GroupId[];
  /** Its visitors are not told who joins and leaves. */
  quiet_joins?: boolean;
  /** What its visitors type is shown to the team before they send it. */
  preview?: boolean;
}

export interface Draft {
  conversation: ConversationId;
  voice: Voice;
  text: string;
  version: number;
}

/** Signal is typing, viewing, presence, a text while it is typed, or that somebody reads it: the last one wins, and it expires. */
export interface Signal {
  kind: "typing" | "viewing" | "presence" | "queue" | "preview" | "reading" | "check";
  conversation?: ConversationId;
  actor: Actor;
  audience: Audience;
  on: boolean;
  expires: Micros;
  /** Of the kind "preview": what stands there now. */
  text?: string;
  /** Of the kind "queue": where the visitor stands. */
  data?: Queued;
}

/** Counts are the lengths of the lists. */
export interface Counts {
  my: number;
  queue: number;
  all: number;
}

/** Done answers an act: the events it made that its caller may see. */
export interface Done {
  events: Event[];
  /** The same key was stored before; nothing new happened. */
  again: boolean;
}

/** Inbox is the agents' snapshot: everything in it is of one position. */
export interface Inbox {
  me: Agent;
  cursor: string;
  counts: Counts;
  rows: Row[];
  next?: string;
  team: Agent[];
  present: AgentId[];
  groups: Group[];
  sites: Site[];
  drafts: Draft[];
  losses: Loss[];
  signals: Signal[];
  /** When I go to away unless I touch a device; absent = I am not warned. */
  away_at?: Micros;
  /** What rings this agent now. */
  invitations: Invitation[];
  /** Absent from a server that is older than this page. */
  observing?: Observing;
  /** The channels and direct talks that the reader is in; absent from an older server. */
  talks?: TalkRow[];
}

export interface Page {
  rows: Row[];
  next?: string;
  counts: Counts;
}

/** Opened is one conversation as an agent opens it. */
export interface Opened {
  cursor: string;
  row: Row;
  threads: Thread[];
  events: Event[];
  more: boolean;
}

export interface EventPage {
  events: Event[];
  more: boolean;
}
