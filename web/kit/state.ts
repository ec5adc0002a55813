import { noChannels, type Channels } from "./channels.ts";
import type { Mark } from "./marks.ts";
import type { OpenedTalk } from "./channels-api.ts";
import type { Playbook } from "./playbook-api.ts";
import { unwatched, type Watching } from "./observing.ts";
import type { Talk } from "./talk.ts";
import type {
  Agent,
  AgentId,
  ConversationId,
  Counts,
  Done,
  Down,
  Draft,
  EventPage,
  Group,
  Inbox,
  Invitation,
  ListName,
  Loss,
  Micros,
  Opened,
  Page,
  Row,
  SessionId,
  Signal,
  Site,
} from "./wire.ts";

/** Extent is how much of a list is loaded. */
export interface Extent {
  loaded: boolean;
  /** The keyset cursor of the next page; undefined where the list is loaded whole. */
  next: string | undefined;
  /** The last row of what is loaded: rows behind it are not shown, since others between are missing. */
  edge: Row | undefined;
}

/** State is everything that the agents' application knows of the log. It is never changed in place. */
export interface State {
  me: Agent | undefined;
  rows: ReadonlyMap<ConversationId, Row>;
  talks: ReadonlyMap<ConversationId, Talk>;
  marks: ReadonlyMap<ConversationId, Mark>;
  /** How the server counted the lists last. */
  counts: Counts;
  extents: Readonly<Record<ListName, Extent>>;
  team: ReadonlyMap<AgentId, Agent>;
  present: ReadonlySet<AgentId>;
  groups: ReadonlyMap<string, Group>;
  sites: ReadonlyMap<string, Site>;
  /** Playbooks that were saved while this page was open; others are loaded when they are shown. */
  playbooks: ReadonlyMap<string, Playbook>;
  /** The drafts as the last snapshot had them. */
  drafts: readonly Draft[];
  /** What was handed on while this agent's line was lost, by conversation. */
  losses: ReadonlyMap<ConversationId, Loss>;
  /** The version of each draft that the stream named since, by conversation and voice. */
  draftVersions: ReadonlyMap<string, number>;
  /** By conversation, kind and actor. */
  signals: ReadonlyMap<string, Signal>;
  /** Conversations of which something was missed, and the seq that their row must include to be whole: open them. */
  wanted: ReadonlyMap<ConversationId, number>;
  /** The id of this sign-in, as GET /v1/me names it. */
  session: SessionId;
  /** This sign-in was ended, here or elsewhere. */
  ended: boolean;
  /** What rings this agent, by conversation and seq. */
  invitations: ReadonlyMap<string, Invitation>;
  /** What the reader watches, and who watches what he leads. */
  watching: Watching;
  /** The team's own talks. */
  channels: Channels;
  /** Without a key or a click the agent is away from then on; 0 = nobody has warned. */
  warned: Micros;
}

/** Input is everything that can change the State. */
export type Input =
  | { type: "session"; session: SessionId }
  /** The snapshot: everything known before is dropped; open Talks become stale. */
  | { type: "inbox"; list: ListName; inbox: Inbox }
  /** A page of a list; `first` begins the list anew. */
  | { type: "page"; list: ListName; page: Page; first: boolean }
  /** Rows as the server counts them now; what is loaded of a list stays as it is. */
  | { type: "rows"; page: Page }
  | { type: "opened"; opened: Opened }
  /** A channel or a direct talk was loaded; shown: it stands open, else its row alone is taken. */
  | { type: "talk"; opened: OpenedTalk; shown: boolean }
  /** The Conversation is off the screen, or is not to be seen any more. */
  | { type: "closed"; conversation: ConversationId }
  /** The answer to "what came before `before`?". */
  | { type: "older"; conversation: ConversationId; before: number; page: EventPage }
  /** The answer to a Gap. */
  | { type: "newer"; gap: Gap; page: EventPage }
  | { type: "done"; done: Done }
  /** This reader has read up to a seq. */
  | { type: "read"; conversation: ConversationId; seq: number }
  /** The agent has pressed a key or clicked. */
  | { type: "input" }
  /** A settings page saved it. */
  | { type: "agent"; agent: Agent }
  | { type: "site"; site: Site }
  | { type: "frame"; frame: Down }
  /** Signals end by themselves; now is the server's time. */
  | { type: "tick"; now: Micros };

/** Gap is a hole in a loaded Conversation: load the events after `after`. */
export interface Gap {
  conversation: ConversationId;
  after: number;
  /** The head that was known when it was found. */
  upto: number;
}

const nothingLoaded: Extent = { loaded: false, next: undefined, edge: undefined };

/** empty is the State before anything is known. */
export function empty(session: SessionId = ""): State {
  return {
    me: undefined,
    rows: new Map(),
    talks: new Map(),
    marks: new Map(),
    counts: { my: 0, queue: 0, all: 0 },
    extents: { my: nothingLoaded, queue: nothingLoaded, all: nothingLoaded },
    team: new Map(),
    present: new Set(),
    groups: new Map(),
    sites: new Map(),
    playbooks: new Map(),
    drafts: [],
    losses: new Map(),
    draftVersions: new Map(),
    signals: new Map(),
    wanted: new Map(),
    session,
    ended: false,
    invitations: new Map(),
    watching: unwatched,
    channels: noChannels,
    warned: 0,
  };
}
