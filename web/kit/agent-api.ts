import { type Call, caller } from "./api.ts";
import type { Badge } from "./badge.ts";
import { channels, type TalkHead } from "./channels-api.ts";
import { coaching } from "./coaching-api.ts";
import { groupChat } from "./groupchat-api.ts";
import { sideTalks } from "./sidetalks-api.ts";
import { handovers } from "./handover-api.ts";
import { installation } from "./installation.ts";
import { type Handover, routing } from "./routing-api.ts";
import { people } from "./people-api.ts";
import { push } from "./push-api.ts";
import { type UsedReply, replies } from "./replies-api.ts";
import { rules } from "./rules-api.ts";
import type { Method } from "./rules.ts";
import { passing } from "./pass-api.ts";
import { playbooks } from "./playbook-api.ts";
import { targets } from "./targets-api.ts";
import { triage } from "./triage-api.ts";
import { watching } from "./watching-api.ts";
import type {
  Agent,
  AgentId,
  Appearance,
  ConversationId,
  Counts,
  Done,
  Event,
  EventPage,
  FileId,
  GroupId,
  Inbox,
  ListName,
  Micros,
  Opened,
  Page,
  Role,
  SessionId,
  Site,
  SiteId,
  Status,
  Visitor,
  Voice,
} from "./wire.ts";

/** Session is a sign-in of mine: a browser, or a program. */
/** SiteSecret is what a site's own server signs with; former = the one before still counts. */
export interface SiteSecret {
  secret: string;
  former: boolean;
}

export interface Session {
  id: SessionId;
  /** Browser and system, or what a program calls itself. */
  device: string;
  /** A phone or a tablet. */
  mobile: boolean;
  address: string;
  created_at: Micros;
  seen_at: Micros;
  /** The last key or click there; absent = none was told of. */
  input_at?: Micros;
  /** It has a live connection now. */
  connected: boolean;
  /** It is this one. */
  current: boolean;
}

export interface Invite {
  id: string;
  email: string;
  role: Role;
  created_at: Micros;
  expires_at: Micros;
  by: string;
  /** Empty: every group that there is when it is accepted. */
  groups: GroupId[];
}

/** Me is who is signed in, and where. */
export interface Me {
  me: Agent;
  session: SessionId;
  workspace: { version: string; try: boolean; now: Micros };
}

export interface Hit {
  event: Event;
  visitor: Visitor;
  /** What the talk is called where it stands in one. */
  talk?: TalkHead;
  /** Matches stand between U+0002 and U+0003. */
  snippet: string;
}

/** Narrow is what a search is narrowed to: one conversation or talk, one person, and when it was said. */
export interface Narrow {
  in?: ConversationId;
  by?: string;
  from?: Micros;
  until?: Micros;
}

export interface NewSite {
  name: string;
  origins: string[];
  language: string;
  appearance: Appearance;
  quiet_joins?: boolean;
  preview?: boolean;
}

export interface AgentMessage {
  key: string;
  text: string;
  files?: FileId[];
  typing_ms?: number;
  seen?: number;
  replies?: UsedReply[];
  mentions?: AgentId[];
  grant?: boolean;
}

/** AgentApi is every operation of an agent, named as the desk names it. Each throws an ApiError. */
export type AgentApi = ReturnType<typeof agentApi>;

/** agentApi speaks as the agent of this browser's session cookie. */
export function agentApi(call: Call = caller()) {
  return {
    ...entrance(call),
    ...own(call),
    ...reading(call),
    ...acts(call),
    ...routing(call),
    ...groupChat(call),
    ...sideTalks(call),
    ...passing(call),
    ...admin(call),
    ...rules(call),
    ...installation(call),
    ...coaching(call),
    ...channels(call),
    ...playbooks(call),
    ...targets(call),
    ...triage(call),
    ...watching(call),
    ...people(call),
    ...replies(call),
    ...handovers(call),
    ...push(call),
  };
}

function entrance(call: Call) {
  return {
    needsSetup: () => call<{ needed: boolean }>("GET", "/v1/setup"),
    setUp: (body: {
      token: string;
      name: string;
      email: string;
      password: string;
      site_name: string;
      origins: string[];
      language: string;
      method: Method;
    }) => call<{ me: Agent }>("POST", "/v1/setup", { body }),
    signIn: (email: string, password: string) => call<{ me: Agent }>("POST", "/v1/sign-in", { body: { email, password } }),
    signInByLink: (token: string) => call<{ me: Agent }>("POST", "/v1/sign-in/link", { body: { token } }),
    signOut: (chats?: Handover) => call<void>("POST", "/v1/sign-out", { body: chats ?? {} }),
    lookAtInvite: (token: string) =>
      call<{ email: string; role: Role; expires_at: Micros }>("POST", "/v1/invites/look", { body: { token } }),
    acceptInvite: (token: string, name: string, password: string) =>
      call<{ me: Agent }>("POST", "/v1/invites/accept", { body: { token, name, password } }),
  };
}

function own(call: Call) {
  return {
    me: () => call<Me>("GET", "/v1/me"),
    setTopics: (topics: string[]) => call<{ me: Agent }>("PATCH", "/v1/me", { body: { topics } }),
    openDrafts: (on: boolean) => call<{ me: Agent }>("PATCH", "/v1/me", { body: { open_drafts: on } }),
    rename: (name: string) => call<{ me: Agent }>("PATCH", "/v1/me", { body: { name } }),
    setStatus: (status: Status, reason = "", until: Micros = 0) =>
      call<{ me: Agent }>("POST", "/v1/me/status", { body: { status, reason, until } }),
    setBadge: (badge: Badge) => call<{ me: Agent }>("POST", "/v1/me/badge", { body: badge }),
    setUndisturbed: (until: Micros) => call<{ me: Agent }>("POST", "/v1/me/undisturbed", { body: { until } }),
    changePassword: (current: string, password: string) => call<void>("POST", "/v1/me/password", { body: { current, password } }),
    sessions: () => call<{ sessions: Session[] }>("GET", "/v1/sessions"),
    dropFile: (id: FileId) => call<void>("DELETE", filePath(id)),
    endSession: (id: SessionId) => call<void>("DELETE", `/v1/sessions/${part(id)}`),
  };
}

function reading(call: Call) {
  return {
    inbox: (list: ListName, signal?: AbortSignal) => call<Inbox>("GET", "/v1/inbox", { query: { list }, ...given(signal) }),
    list: (list: ListName, after?: string, limit?: number) => call<Page>("GET", "/v1/conversations", { query: { list, after, limit } }),
    counts: async (): Promise<Counts> => (await call<Page>("GET", "/v1/conversations", { query: { list: "my", limit: 1 } })).counts,
    conversation: (id: ConversationId, signal?: AbortSignal) => call<Opened>("GET", of(id), given(signal)),
    older: (id: ConversationId, before: number, limit = 50) => call<EventPage>("GET", of(id, "events"), { query: { before, limit } }),
    newer: (id: ConversationId, after: number, limit = 100) => call<EventPage>("GET", of(id, "events"), { query: { after, limit } }),
    search: (q: string, narrow: Narrow = {}, before?: string | number, signal?: AbortSignal) =>
      call<{ hits: Hit[]; next?: string | number }>("GET", "/v1/search", { query: { q, ...narrow, before }, ...given(signal) }),
  };
}

function acts(call: Call) {
  const act = (id: ConversationId, name: string, body: object) => call<Done>("POST", of(id, name), { body });
  return {
    postMessage: (id: ConversationId, message: AgentMessage) => act(id, "messages", message),
    addNote: (id: ConversationId, note: AgentMessage) => act(id, "notes", note),
    edit: (id: ConversationId, key: string, seq: number, text: string) => act(id, "edit", { key, seq, text }),
    redact: (id: ConversationId, key: string, seq: number) => act(id, "redact", { key, seq }),
    take: (id: ConversationId, key: string, over = false) => act(id, "take", over ? { key, over } : { key }),
    takeNext: (key: string) => call<Done>("POST", "/v1/take-next", { body: { key } }),
    join: (id: ConversationId, key: string) => act(id, "join", { key }),
    /** successor leads from then on where one leads; "" = whoever has been in it the longest. */
    leave: (id: ConversationId, key: string, successor = "") => act(id, "leave", successor === "" ? { key } : { key, successor }),
    setOwner: (id: ConversationId, key: string, agent: AgentId) => act(id, "owner", agent === "" ? { key } : { key, agent }),
    requeue: (id: ConversationId, key: string) => act(id, "requeue", { key }),
    close: (id: ConversationId, key: string) => act(id, "close", { key }),
    markRead: (id: ConversationId, seq: number) => call<void>("POST", of(id, "read"), { body: { seq } }),
    saveDraft: (id: ConversationId, voice: Voice, text: string) =>
      call<{ version: number }>("PUT", of(id, "draft"), { body: { voice, text } }),
  };
}

function admin(call: Call) {
  return {
    sites: () => call<{ sites: Site[] }>("GET", "/v1/admin/sites"),
    addSite: (body: NewSite) => call<Site>("POST", "/v1/admin/sites", { body }),
    changeSite: (id: SiteId, body: Partial<NewSite> & { group?: GroupId; choose?: GroupId[] }) =>
      call<Site>("PATCH", `/v1/admin/sites/${part(id)}`, { body }),
    siteSecret: (id: SiteId) => call<SiteSecret>("GET", `/v1/admin/sites/${part(id)}/secret`),
    newSiteSecret: (id: SiteId) => call<SiteSecret>("POST", `/v1/admin/sites/${part(id)}/secret`, { body: {} }),
    endFormerSecret: (id: SiteId) => call<SiteSecret>("DELETE", `/v1/admin/sites/${part(id)}/secret/former`),
    agents: () => call<{ agents: Agent[] }>("GET", "/v1/admin/agents"),
    changeAgent: (
      id: AgentId,
      body: { name?: string; role?: Role; disabled?: boolean; limit?: number; skills?: string[]; topics?: string[] },
    ) => call<Agent>("PATCH", `/v1/admin/agents/${part(id)}`, { body }),
    invites: () => call<{ invites: Invite[] }>("GET", "/v1/admin/invites"),
    /** Without groups the invited person will be in all of them. */
    invite: (email: string, role: Role, groups?: GroupId[]) =>
      call<{ invite: Invite; url: string }>("POST", "/v1/admin/invites", { body: groups ? { email, role, groups } : { email, role } }),
    uninvite: (id: string) => call<void>("DELETE", `/v1/admin/invites/${part(id)}`),
  };
}

/** filePath is where an agent reads a file or its small picture; the session cookie opens it. */
export function filePath(id: FileId, thumb = false): string {
  return `/v1/files/${part(id)}${thumb ? "/thumb" : ""}`;
}

/** uploadPath is where a file for a conversation goes. */
export function uploadPath(id: ConversationId): string {
  return of(id, "files");
}

function of(id: ConversationId, name = ""): string {
  return `/v1/conversations/${part(id)}${name === "" ? "" : `/${name}`}`;
}

function part(text: string): string {
  return encodeURIComponent(text);
}

function given(signal?: AbortSignal): { signal?: AbortSignal } {
  return signal ? { signal } : {};
}
