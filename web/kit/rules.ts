/**
 * What a team decides about groups and routing, as Go's internal/routing
 * defines it, and what the server answers about it. Spans are in seconds,
 * moments in microseconds, unless a comment says otherwise.
 */
import type { Etiquette } from "./watching.ts";
import type { Sentence, Why } from "./sentence.ts";
import type { AgentId, Arrival, ConversationId, GroupId, Micros, Policy } from "./wire.ts";

export type Line = "first_line" | "end_to_end";
export type Method = "pull" | "ring_all" | "round_robin" | "least_busy";
export type Class = "first" | "normal" | "last" | "supervisor";
export type Day = "mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun";

/** Span is a time of the day, "09:00" to "17:00". An end that is not after its begin lies on the next day; "24:00" ends the day. */
export interface Span {
  from: string;
  to: string;
}

export interface Shift extends Span {
  day: Day;
}

/** Exception is days with other hours: "2026-12-24", or "12-24" for every year. No spans: closed. */
export interface Exception {
  from: string;
  to?: string;
  name?: string;
  spans?: Span[];
}

export interface Hours {
  zone: string;
  week: Shift[];
  exceptions?: Exception[];
}

/** Distribution is how a Group shares out its chats. A wait of 0 is the default, below 0 it is for ever. */
export interface Distribution {
  method?: Method;
  direct?: boolean;
  prefer_last?: boolean;
  skip_deaf?: boolean;
  skill_wait?: number;
  owner_wait?: number;
}

/** Agreement is what a team has written about taking chats; what is left out is not agreed. */
export interface Agreement {
  most?: number;
  oldest_first?: boolean;
  no_cherry_picking?: boolean;
  break_after?: number;
  ahead?: number;
}

/** GroupRules is everything that routing keeps to in a Group. */
export interface GroupRules {
  line?: Line;
  distribution?: Distribution;
  hours?: Hours;
  limit?: number;
  priority?: number;
  queue?: { max?: number; reopen?: number };
  share?: Agreement;
  /** Agents may take chats above their limit by hand. */
  over?: boolean;
}

export interface Membership {
  agent: AgentId;
  class?: Class;
}

/** ManagedGroup is a Group as its settings show it. */
export interface ManagedGroup {
  /** What it has agreed about colleagues who watch. */
  etiquette?: Etiquette;
  id: GroupId;
  name: string;
  policy: Policy;
  names?: Record<string, string>;
  private?: boolean;
  stub?: boolean;
  rules?: GroupRules;
  members: Membership[];
  /** How many of its chats are not closed. */
  open: number;
}

/** GroupChange is what of a Group is to be different; what is left out stays, rules are replaced as a whole. */
export type GroupChange = Partial<Pick<ManagedGroup, "name" | "policy" | "names" | "private" | "stub" | "rules" | "etiquette">>;

export type Field = "url" | "host" | "path" | "query" | "site" | "referrer" | "language" | "country" | "device" | "visits" | "data";
export type Op = "is" | "prefix" | "contains" | "glob" | "at_least" | "at_most" | "exists";

/** Condition compares a field with values; one that holds is enough. */
export interface Condition {
  field: Field;
  key?: string;
  op: Op;
  values?: string[];
  not?: boolean;
}

/** RouteRule sends the arrivals that meet all its conditions to a Group; the first that matches wins. */
export interface RouteRule {
  /** Empty = new. */
  id: string;
  name: string;
  off?: boolean;
  when: Condition[];
  group: GroupId;
  priority?: number;
  skills?: string[];
}

export type PlaceCause = "signed" | "page" | "visitor" | "returning" | "rule" | "default" | "fallback" | "agent_began";
export type Readiness = "online" | "online_for_queue" | "full" | "offline";

/** GroupStanding is a Group's live state as the team sees it. */
export interface GroupStanding extends Why {
  group: GroupId;
  name: string;
  state: Readiness;
  /** The hours are the reason for being offline. */
  closed?: boolean;
  opens_at?: Micros;
}

export interface Placement extends Why {
  group: GroupId;
  cause: PlaceCause;
  rule?: string;
  priority?: number;
  skills?: string[];
  ask?: { chosen: GroupStanding; others: GroupStanding[] };
}

/** Verdict is how a rule fared with an arrival; its conditions are in the rule's order. */
export interface Verdict {
  rule: string;
  name: string;
  matches: boolean;
  decides: boolean;
  why: string;
  conditions: ({ condition: string; holds: boolean } & Why)[];
}

/** Trial is an arrival to try rules on; routes are unsaved ones. */
export interface Trial extends Partial<Arrival> {
  chosen?: GroupId;
  routes?: RouteRule[];
}

export interface Tried {
  placement: Placement;
  verdicts: Verdict[];
  standings: GroupStanding[];
  /** Countries are known here. */
  country_known: boolean;
}

export const timingNames = [
  "offer",
  "warn",
  "reply",
  "extend",
  "round_pause",
  "down",
  "unheard",
  "lost",
  "keep",
  "idle",
  "max_wait",
  "aging",
  "input_warn",
  "input",
] as const;
export type TimingName = (typeof timingNames)[number];

/** WorkspaceRouting is what holds for every Group. */
export interface WorkspaceRouting {
  limit: number;
  timing: Partial<Record<TimingName, number>>;
}

/** RehearsalChange is what is to be tried on the last days' visits. */
export interface RehearsalChange {
  routes?: RouteRule[];
  groups?: { id: GroupId; rules?: GroupRules; members?: Membership[] }[];
  agents?: { id: AgentId; limit?: number; skills?: string[]; disabled?: boolean }[];
  limit?: number;
  timing?: Partial<Record<TimingName, number>>;
}

export interface Rehearsal {
  id: string;
  state: "running" | "done" | "cancelled" | "failed";
  done: number;
  total: number;
  diff?: RehearsalDiff;
  /** What the visits that were run again could not show, in whole sentences. */
  notes?: string[];
  /** The same, one by one. */
  because?: readonly Sentence[];
  error?: string;
}

/** RehearsalDiff is what a change would have done; each number has the chats behind it. */
export interface RehearsalDiff {
  text: string;
  moves: { from: GroupId; to: GroupId; text: string; ids: ConversationId[] }[];
  nobody: OutcomeChange;
  left: OutcomeChange;
  by_mail: OutcomeChange;
  median: WaitChange;
  slowest: WaitChange;
  agents: { agent: AgentId; name: string; before: ConversationId[]; after: ConversationId[] }[];
  visits: number;
}

export interface OutcomeChange {
  before: ConversationId[];
  after: ConversationId[];
  new: ConversationId[];
}

/** WaitChange has its spans in nanoseconds, and the chats that waited longer. */
export interface WaitChange {
  before: number;
  after: number;
  before_above: ConversationId[];
  after_above: ConversationId[];
}

/** PathsReport is how visitors reached the Groups, and what was moved out of them. */
export interface PathsReport {
  paths: { group: GroupId; cause: PlaceCause; rule?: string; rule_name?: string; n: number; conversations: ConversationId[] }[];
  moves: { from: GroupId; to: GroupId; reason?: string; n: number; conversations: ConversationId[] }[];
  first_line: { group: GroupId; taken: number; passed_on: number }[];
}
