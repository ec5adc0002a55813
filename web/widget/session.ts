import { resumeToken } from "$kit/ids.ts";
import type { Choice, Outbox, Outgoing } from "$kit/outbox.ts";
import type { Shelf } from "$kit/outbox-store.ts";
import type { Stream, StreamState } from "$kit/stream.ts";
import { type VisitorApi, visitorApi, visitorHeaders } from "$kit/visitor-api.ts";
import { emptyVisitor, type VisitorState } from "$kit/visitor.ts";
import { limits, type PageInfo, type VisitorSite } from "$kit/wire.ts";
import type { Hint } from "./bridge.ts";
import { type Cell, cell } from "./cell.svelte.ts";
import type { Config } from "./config.ts";
import { type Draft, openDraft } from "./draft.ts";
import type { Host, HostLine } from "./host.ts";

/** Phase is what stands on the screen as a whole. */
export type Phase = "loading" | "ready" | "failed" | "ended" | "over" | "outdated";

/** Session is one visitor's widget: what the screen shows (cells), and what the acts need. */
export interface Session {
  state: Cell<VisitorState>;
  /** Sends what is written; it is loaded when the first screen stands. */
  box: Cell<Outbox | undefined>;
  items: Cell<readonly Outgoing[]>;
  site: Cell<VisitorSite | undefined>;
  line: Cell<StreamState>;
  /** There is a conversation, and a line that follows it. */
  following: Cell<boolean>;
  phase: Cell<Phase>;
  /** The host's page shows the frame. */
  shown: Cell<boolean>;
  /** What is written outlives the page. */
  kept: Cell<boolean>;
  online: Cell<boolean>;
  /** What the visitor chose for the Thread that his next message begins. */
  choice: Cell<Choice | undefined>;
  /** The page, or its server, named the group: then he does not choose. */
  named: Cell<boolean>;

  config: Config;
  api: VisitorApi;
  draft: Draft;
  host: HostLine;
  /** What the page keeps for this visitor; of who is not signed in all that has no other's name before it. */
  shelf: Shelf;
  headers: () => Record<string, string>;
  /** Names what the tabs of one visitor share. */
  name: string;
  token: string;
  page: PageInfo;
  hint: Hint;
  signed: string;
  /** What he speaks, most wanted first: groups have names in languages that the widget has not. */
  language: string;
  stream: Stream | undefined;
  /** How far the server's clock is ahead, in milliseconds. */
  skewMs: number;
  /** The seq up to which the team was told that it has been seen. */
  told: number;
  loading: Promise<string> | undefined;
  /** As whom he is signed in; then the token is that of his sign-in, and in no storage. */
  sub: string | undefined;
  /** When the sign-in is over, in milliseconds of the server. */
  until: number;
  renewal: number;
  /** The page has said who its visitor is, once at least. */
  asked: boolean;
  /** Settles when the page's first word about who he is has been taken in, or there is none. */
  heard: Promise<void>;
  /** Settles when the message that is under way is answered. */
  posting: Promise<unknown>;
  /** Settles when the last word about who he is has been taken in. */
  proving: Promise<void> | undefined;
  /** Draws everything anew: another visitor must find nothing of the one before. */
  remount: () => void;
}

/** newSession makes the Session of a site on a host's page; nothing is asked for yet. */
export function newSession(config: Config, from: Host, host: HostLine): Session {
  // Another origin of the same site has another storage, so another visitor; where storage is blocked, each tab has one.
  const name = from.kept ? `${config.site} ${from.origin}` : `${config.site} ${resumeToken().slice(0, 12)}`;
  const headers = visitorHeaders(config.site, () => s.token);
  const s: Session = {
    state: cell(emptyVisitor()),
    box: cell<Outbox | undefined>(undefined),
    items: cell<readonly Outgoing[]>([]),
    site: cell<VisitorSite | undefined>(undefined),
    line: cell<StreamState>({ kind: "connecting" }),
    following: cell(false),
    phase: cell<Phase>("loading"),
    shown: cell(from.open),
    kept: cell(from.kept),
    online: cell(navigator.onLine),
    choice: cell<Choice | undefined>(undefined),
    named: cell(namesGroup(from.page, from.signed)),
    config,
    api: visitorApi(headers),
    draft: openDraft(from.items["draft"] ?? "", host.shelf),
    host,
    shelf: host.shelf,
    headers,
    name,
    token: from.token ?? "",
    page: from.page,
    hint: from.hint,
    signed: from.signed,
    language: from.lang || config.language || navigator.language,
    stream: undefined,
    skewMs: 0,
    told: 0,
    loading: undefined,
    sub: undefined,
    until: 0,
    renewal: 0,
    asked: false,
    heard: Promise.resolve(),
    posting: Promise.resolve(),
    proving: undefined,
    remount: () => undefined,
  };
  return s;
}

/** namesGroup reports whether a page takes the choice of a group from its visitor. */
export function namesGroup(page: PageInfo, signed: string): boolean {
  return signed !== "" || page.group !== undefined;
}

/** limitsOf are what one message may hold. */
export function limitsOf(s: Session): VisitorSite["limits"] {
  return s.site.value?.limits ?? { text: limits.text, files: limits.files, file_bytes: limits.fileBytes };
}
