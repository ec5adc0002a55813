import type { Call } from "./api.ts";
import type { TalkHead } from "./channels-api.ts";
import type { AgentId, ConversationId, Done, Event, Micros, Thread, ThreadId, Visitor, VisitorId } from "./wire.ts";

/** Mention is a note, or a message of a talk, that calls this agent, as of now. */
export interface Mention {
  event: Event;
  /** The visitor's name. */
  visitor: string;
  /** What the talk is called where it stands in one. */
  talk?: TalkHead;
  unread: boolean;
}

export interface Mentions {
  mentions: Mention[];
  /** Of all, not of this page. */
  unread: number;
  next?: Micros;
}

/** PersonLink is that two visitors are the same human; name is the other one's, where this agent may see him. */
export interface PersonLink {
  id: string;
  one: VisitorId;
  other: VisitorId;
  at: Micros;
  by: AgentId;
  by_name: string;
  name?: string;
  may_undo: boolean;
}

/** Person is who a visitor is also known as, and who may be the same: only a typed address says so. */
export interface Person {
  links: PersonLink[];
  known: { visitor: Visitor; threads: Thread[] }[];
  maybe: { visitor: Visitor; why: "email"; may_link: boolean }[];
}

/** KnownCustomer is a colleague's chat, or one that waits, whose visitor this agent has helped before. */
export interface KnownCustomer {
  conversation: ConversationId;
  thread: ThreadId;
  visitor: string;
  lead?: AgentId;
  helped: Micros;
  maybe: boolean;
  /** This agent's own newest notes of then. */
  notes: string[];
}

/** people are the operations about guests, mentions, persons and known customers. */
export function people(call: Call) {
  const of = (id: ConversationId, name: string) => `/v1/conversations/${encodeURIComponent(id)}/${name}`;
  const act = (id: ConversationId, name: string, body: object) => call<Done>("POST", of(id, name), { body });
  return {
    mentions: (before?: Micros) => call<Mentions>("GET", "/v1/mentions", { query: { before } }),
    grant: (id: ConversationId, key: string, agent: AgentId) => act(id, "grant", { key, agent }),
    revoke: (id: ConversationId, key: string, agent: AgentId) => act(id, "revoke", { key, agent }),
    person: (id: ConversationId) => call<Person>("GET", of(id, "person")),
    linkPerson: (id: ConversationId, key: string, other: ConversationId) => act(id, "link", { key, other }),
    unlinkPerson: (id: ConversationId, key: string, link: string) => act(id, "unlink", { key, link }),
    cards: async () => (await call<{ cards: KnownCustomer[] }>("GET", "/v1/cards")).cards,
    endCard: (thread: ThreadId, how: "dismissed" | "opened") =>
      call<void>("POST", `/v1/cards/${encodeURIComponent(thread)}/end`, { body: { how } }),
    offerContext: (id: ConversationId, key: string, text: string) => act(id, "context", { key, text }),
  };
}
