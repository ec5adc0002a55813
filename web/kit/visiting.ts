/**
 * What a visitor is told and says on the wire, as Go's internal/chat and
 * internal/desk define it; wire.ts gives it on to everybody.
 */

import type { Event } from "./event.ts";
import type { Appearance, ConversationId, Done, GroupId, MailCause, Micros, VisitorId } from "./wire.ts";

/** VisitorSelf is what a visitor is told about himself. */
export interface VisitorSelf {
  id: VisitorId;
  name: string;
  conversation: ConversationId;
}

export interface VisitorDone extends Done {
  visitor: VisitorSelf;
}

/** VisitorView is a visitor's snapshot; seq in it is vseq. */
export interface VisitorView {
  visitor: VisitorSelf;
  cursor: string;
  events: Event[];
  more: boolean;
  seen_visitor: number;
  seen_team: number;
  open: boolean;
  lead?: string;
  /** While he waits. */
  queue?: Queued;
  mail?: MailOffer;
}

/** Readiness is what a visitor who comes to a Group now would meet. Only the first two take a chat. */
export type Readiness = "online" | "online_for_queue" | "full" | "offline";

/** Minutes is how long a wait may be: from 0 it may be over at once, and without an end it may take more than an hour. */
export interface Minutes {
  from: number;
  to?: number;
}

/** Standing is a Group as visitors see it. */
export interface Standing {
  group: GroupId;
  /** In the visitor's language. */
  name: string;
  state: Readiness;
  opens_at?: Micros;
  wait?: Minutes;
}

/** Ask is why a first message was not taken: its Group takes no chat now. The visitor leaves it there, or takes another. */
export interface Ask {
  chosen: Standing;
  others: Standing[];
}

/** Queued is what a visitor is told while he waits. Without a position the range alone counts; without a wait nothing is known. */
export interface Queued {
  position?: number;
  wait?: Minutes;
  /** The group's name, where there are several. */
  group?: string;
}

/** MailOffer is that the team offered to answer by e-mail, and what the visitor said. */
export interface MailOffer {
  offered: MailCause;
  answered?: boolean;
  accepted?: boolean;
  /** Where to, once it was accepted. */
  email?: string;
}

export interface VisitorSite {
  site: { name: string; key: string; language: string; appearance: Appearance };
  online: boolean;
  /** The team reads what he types before he sends it: he must be told. */
  preview?: boolean;
  /** What the visitor may choose from; none where he does not choose. */
  groups?: Standing[];
  /** Of the Group that he reaches without a choice. */
  state?: Readiness;
  opens_at?: Micros;
  wait?: Minutes;
  limits: { text: number; files: number; file_bytes: number };
}

/** PageInfo is where a visitor is, as a message carries it. */
export interface PageInfo {
  url: string;
  title: string;
  referrer: string;
  language: string;
  visits: number;
  data?: Record<string, string>;
  /** The group that the page named. */
  group?: GroupId;
}
