/**
 * What happens in a Conversation, as internal/chat tells it: each kind of event
 * and its body. Part of wire.ts, which gives it on.
 */
import type { Why } from "./sentence.ts";
import type {
  AccessChange,
  Actor,
  Agent,
  AgentId,
  Audience,
  ConversationId,
  EventId,
  FileRef,
  Group,
  GroupId,
  Held,
  Loss,
  MailCause,
  Micros,
  Policy,
  PromiseDue,
  PromiseEnded,
  PromisePassed,
  Reason,
  SessionId,
  Site,
  SiteId,
  Target,
  ThreadId,
  TransferEnded,
  TransferTold,
  Visitor,
  VisitorId,
  Voice,
} from "./wire.ts";
import type { TalkLevel, TalkState } from "./channels.ts";
import type { Reference } from "./channels-api.ts";
import type { SideAnswer, SideAsked, SideCard, SideCarded, SideChanged, SideLeft } from "./sidetalks.ts";
import type { Playbook } from "./playbook-api.ts";
import type { HelpCleared, HelpRaised, HelpReturned, HelpTaken, Watch, WatchEnded, Watched, WatchInvited } from "./watching.ts";

/** Said is the body of message and note. */
export interface Said {
  text: string;
  files?: FileRef[];
  typing_ms?: number;
  /** Colleagues whom a note, or a message of a talk, calls. */
  mentions?: AgentId[];
  /** A talk's: whose people it called, and whether those on shift. */
  groups?: GroupId[];
  here?: boolean;
  /** A talk's: the message that it stands under, what was set under it, and what it refers to. */
  reply_to?: number;
  reactions?: { emoji: string; agents: AgentId[] }[];
  cards?: Reference[];
  /** Of a question that stands in a talk; asks is of the same where it was asked, answer of a note that answers it. */
  side?: SideCard;
  asks?: SideAsked;
  answer?: SideAnswer;
  /** It tells who goes on and answers nothing. */
  bridge?: boolean;
  edited?: Micros;
  emptied?: Micros;
  /** The seq of the proposal that a host released with this message. */
  proposal?: number;
  released_by?: AgentId;
  released_name?: string;
  /** The host changed its words. */
  reworded?: boolean;
}

/** Arrival is a visitor's coming as rules see it. */
export interface Arrival {
  site: SiteId;
  url?: string;
  title?: string;
  referrer?: string;
  language?: string;
  country?: string;
  device?: string;
  visits?: number;
  data?: Record<string, string>;
  group?: GroupId;
}

export interface Started {
  number: number;
  group: GroupId;
  policy: Policy;
  stub?: boolean;
  lead?: AgentId;
  arrival?: Arrival;
  placement?: Placed;
  priority?: number;
  skills?: string[];
  mode?: "mail";
  place?: number;
  recent?: AgentId;
  recent_at?: Micros;
  owner?: AgentId;
  /** Above the limit of who began it. */
  over?: boolean;
}

/** Placed is why a Thread reached its Group. */
export interface Placed extends Why {
  cause: "signed" | "page" | "visitor" | "returning" | "rule" | "default" | "fallback" | "agent_began";
  rule?: string;
  rule_name?: string;
}

/** RunnerUp is who would have been chosen instead, and what speaks for him. */
export interface RunnerUp extends Why {
  agent: AgentId;
}

/** Requeued: nobody leads any more. A visitor receives that it happened, and nothing of who and why. */
export interface Requeued extends Why {
  queued_at: Micros;
  place?: number;
  by: AgentId;
  by_name: string;
  cause: "agent" | "disabled" | "lost" | "gone" | "missed_reply" | "woke" | "sign_out" | "handover";
  previous: AgentId;
  access: AccessChange;
}

export interface Closed {
  reason: Reason;
  alive_at?: Micros;
  lead?: string;
  /** The others who wrote to the visitor. */
  also?: AgentId[];
}

export interface Assigned extends Why {
  lead: AgentId;
  lead_name: string;
  /** Of the group that the lead was asked in, as the visitor reads it; absent where it has had the chat, or is private. */
  public_name?: string;
  cause: string;
  previous?: AgentId;
  /** What whoever took it over said. */
  reason?: string;
  waited_ms: number;
  runner_up?: RunnerUp;
  /** What the lead had before, in hundredths of a chat. */
  load?: number;
  /** Above the lead's limit. */
  over?: boolean;
  /** How many of the Group had waited longer and still did. */
  skipped?: number;
  /** The previous lead is a member from then on. */
  stays?: boolean;
  access: AccessChange;
}

/** Offered: an agent is asked to take a Thread. */
export interface Offered extends Why {
  agent: AgentId;
  agent_name: string;
  deadline: Micros;
  runner_up?: RunnerUp;
  /** The colleague who chose him; absent: the router. */
  by?: AgentId;
}

export interface OfferEnded extends Why {
  agent: AgentId;
  agent_name: string;
  how: "declined" | "expired" | "withdrawn";
  /** The seq of the transfer that the offer belongs to. */
  transfer?: number;
  /** The colleague who had chosen him. */
  by?: AgentId;
}

/** Moved: another Group has the Thread. A visitor receives public_name alone, and nothing where the Group is private. */
export interface Moved extends Why {
  group: GroupId;
  group_name: string;
  public_name?: string;
  from: GroupId;
  policy: Policy;
  stub?: boolean;
  reason?: string;
  /** The colleague whom it rings first. */
  agent?: AgentId;
  agent_name?: string;
  /** To the playbook's questions, by their text. */
  answers?: Record<string, string>;
  playbook?: number;
  by?: AgentId;
  by_name?: string;
  /** Have passed it on for the same reason before, so that the queue does not give it to them. */
  gave?: AgentId[];
  previous?: AgentId;
  queued_at: Micros;
  place?: number;
  access: AccessChange;
}

export interface Joined {
  agent: AgentId;
  agent_name: string;
  /** Above his limit with it. */
  over?: boolean;
  /** Of who was invited. */
  role?: ChatRole;
  invite?: number;
  invited_by?: AgentId;
  access: AccessChange;
}

/** ChatRole: an expert proposes what the host releases; a scribe writes notes alone. "" writes as the host does. */
export type ChatRole = "" | "expert" | "scribe";

/** AskedIn: an agent is asked into the chat, or the first who is free of a group will be. */
export interface AskedIn extends Why {
  /** The invitation that goes on to this agent; absent where it begins here. */
  invite?: number;
  agent?: AgentId;
  agent_name?: string;
  group?: GroupId;
  group_name?: string;
  role?: ChatRole;
  note?: string;
  deadline?: Micros;
}

export interface InviteEnded extends Why {
  invite: number;
  agent?: AgentId;
  agent_name?: string;
  how: "declined" | "expired" | "withdrawn" | "nobody";
  /** The next of the group is asked. */
  goes_on?: boolean;
  reason?: string;
}

export interface ProposalEnded {
  proposal: number;
  agent: AgentId;
  agent_name: string;
  how: "released" | "discarded" | "withdrawn";
  reworded?: boolean;
  reason?: string;
}

/** Invitation is what an invited agent is told, whether he can see the conversation or not. */
export interface Invitation {
  conversation: ConversationId;
  invite: number;
  by: AgentId;
  by_name: string;
  /** Of the conversation. */
  group_name: string;
  role?: ChatRole;
  note?: string;
  at: Micros;
  deadline: Micros;
}

/** PolicyChanged: others may see it now, as its Group says. */
export interface PolicyChanged {
  policy: Policy;
  stub?: boolean;
  /** Who has it now, where its own Group was deleted. */
  group?: GroupId;
  /** It was over by then. */
  past?: boolean;
  access: AccessChange;
}

/** Seen tells how far one side has read, as a vseq. */
export interface Seen {
  side: "visitor" | "team";
  upto: number;
}

export interface Edited {
  /** The changed event's seq; absent in what a visitor receives. */
  target?: number;
  vtarget?: number;
  text: string;
  former?: string;
}

export interface Redacted {
  target?: number;
  vtarget?: number;
  /** Of the note of an answer, or of a further question. */
  side?: SideLeft;
}

export interface Read {
  conversation: ConversationId;
  seq: number;
}

export interface DraftChanged {
  conversation: ConversationId;
  voice: Voice;
  version: number;
}

export interface SessionEnded {
  session?: SessionId;
}

/** Granted: a colleague sees the Thread though its policy does not admit him, or not any more. */
export interface Granted extends Named {
  /** He led it, and sees it as long as he watches. */
  watching?: boolean;
  access: AccessChange;
}

/** Mentioned: a colleague's note calls the agent. */
export interface Mentioned {
  conversation: ConversationId;
  thread: ThreadId;
  seq: number;
  by: AgentId;
  by_name: string;
}

/** Linked: an agent said that this visitor and another one are the same person, or took it back. It does not name the other. */
export interface Linked {
  link: string;
}

/** Knows: the agent has helped the visitor of a chat before; how is why the card ended. */
export interface Knows {
  conversation: ConversationId;
  thread: ThreadId;
  how?: "dismissed" | "offered" | "opened";
}

/** Moments of a Thread that only the team reads, each with its why. */
interface Named {
  agent: AgentId;
  agent_name: string;
}

/** Somebody who goes home has passed it on: to a colleague, or to whoever takes it from the group's queue. */
export interface Handed {
  by: AgentId;
  by_name: string;
  to: Target;
  to_name: string;
  from: GroupId;
  reason?: string;
  /** To the playbook's questions, by their text. */
  answers?: Record<string, string>;
  playbook?: number;
}

/** Bodies names the body of each kind of event. */
export interface Bodies {
  "thread.started": Started;
  "thread.reopened": { queued_at: Micros };
  "thread.requeued": Requeued;
  "thread.closed": Closed;
  message: Said;
  note: Said;
  assign: Assigned;
  join: Joined;
  leave: Joined;
  offer: Offered;
  "offer.ended": OfferEnded;
  "thread.idle": { lead: AgentId } & Why;
  "thread.woke": { lead: AgentId; over?: boolean } & Why;
  "reply.due": Named & { deadline: Micros } & Why;
  alarm: { round: number; cause?: "hops" } & Why;
  transfer: TransferTold;
  "transfer.ended": TransferEnded;
  hold: Held;
  "promise.due": PromiseDue;
  "promise.ended": PromiseEnded;
  "promise.passed": PromisePassed;
  handed: Handed;
  "mail.offered": { cause: MailCause } & Why;
  "mail.answered": { accepted: boolean; email?: string };
  "lead.back": Named & Why;
  "back.asked": Named;
  "back.waived": Named;
  "thread.moved": Moved;
  "thread.policy": PolicyChanged;
  invite: AskedIn;
  "invite.ended": InviteEnded;
  role: Named & { role: ChatRole; former: ChatRole; access: AccessChange };
  trust: Named & { until: Micros };
  proposal: Said;
  "proposal.ended": ProposalEnded;
  grant: Granted;
  "grant.ended": Granted;
  "person.linked": Linked;
  "person.unlinked": Linked;
  seen: Seen;
  edit: Edited;
  redact: Redacted;
  "visitor.changed": Visitor;
  "visitor.ended": { visitor: VisitorId };
  "visitor.signed": { visitor: VisitorId; sub: string; beside?: boolean };
  whisper: Said;
  help: HelpRaised;
  "help.cleared": HelpCleared;
  "help.taken": HelpTaken;
  "help.returned": HelpReturned;
  "side.asked": Said;
  "side.ended": SideChanged;
  "side.used": SideChanged;
  "side.told": SideChanged;
  "side.card": SideCarded;
  watch: Watch;
  "watch.ended": WatchEnded;
  watched: Watched;
  "watch.invited": WatchInvited;
  "help.words": { words: string[] };
  "agent.changed": Agent;
  "site.changed": Site;
  "group.changed": Group;
  "group.queue": { group: GroupId; full: boolean } & Why;
  "routes.changed": { routes: unknown };
  "routing.changed": { limit: number; timing: unknown };
  "idle.warned": { deadline: Micros };
  "loss.changed": Loss;
  "coaching.changed": { noun: "moment" | "feedback" | "example" | "shadow" | "coaches"; id?: string };
  "saved_replies.changed": { id?: string; scope?: "own" | "group" | "team"; group?: GroupId };
  invitation: Invitation;
  "invitation.ended": { conversation: ConversationId; invite: number };
  "playbook.changed": Playbook;
  read: Read;
  draft: DraftChanged;
  "session.ended": SessionEnded;
  mentioned: Mentioned;
  knows: Knows;
  "knows.ended": Knows;
  "talk.created": { name?: string; topic?: string; group?: GroupId; policy: TalkState["policy"]; members: AgentId[] };
  "talk.changed": { name?: string; topic?: string; policy: TalkState["policy"]; was: TalkState["policy"] };
  "talk.archived": { on: boolean; cause?: "group_deleted" };
  "talk.joined": { agents: AgentId[]; names: string[] };
  "talk.left": { agents: AgentId[]; names: string[] };
  "talk.emptied": { upto: number };
  "alert.raised": {
    alert: string;
    kind: string;
    conversation: ConversationId;
    seq: number;
    step: "colleague" | "lead";
    for_name?: string;
  };
  "alert.ended": { alert: string; kind: string; conversation?: ConversationId; how: "seen" | "over" };
  "talk.level": { conversation: ConversationId; level: TalkLevel; muted_until?: Micros };
  reaction: { target: number; emoji: string; on: boolean };
  pin: { target: number; on: boolean };
}

export type Kind = keyof Bodies;

interface EventOf<K extends Kind> {
  id: EventId;
  conversation: ConversationId;
  thread?: ThreadId;
  /** Gapless in its conversation; what a visitor receives carries vseq here. */
  seq: number;
  vseq?: number;
  kind: K;
  actor: Actor;
  audience: Audience;
  /** For showing, never for ordering. */
  at: Micros;
  body: Bodies[K];
}

/**
 * Event is a fact with a number in its Conversation. Switch on `kind` to know
 * the body; a kind that this version does not know must be ignored.
 */
export type Event = { [K in Kind]: EventOf<K> }[Kind];

/** EventOfKind is an Event whose kind is known. */
export type EventOfKind<K extends Kind> = Extract<Event, { kind: K }>;
