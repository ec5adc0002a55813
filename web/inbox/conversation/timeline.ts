/**
 * How the events of one Conversation become what a person reads: day lines,
 * groups of one person's words within one minute, one muted line per move, and
 * one divider before what is unread. Pure.
 */
import type { SideAnswer } from "$kit/sidetalks.ts";
import type { Actor, Event, EventOfKind, FileRef, Voice } from "$kit/wire.ts";
import { type Span, whole, within } from "./window";

/** Line is one message or note. */
export interface Line {
  seq: number;
  vseq: number;
  at: number;
  text: string;
  files: FileRef[];
  edited: number;
  emptied: number;
  /** Colleagues whom a note calls. */
  mentions: readonly string[];
  /** The answer to a question to colleagues that a note is. */
  answer?: SideAnswer;
}

export type Item =
  | { type: "day"; key: string; at: number }
  | { type: "unread"; key: string }
  | { type: "said"; key: string; voice: Voice; actor: Actor; at: number; own: boolean; lines: Line[] }
  | { type: "proposal"; key: string; event: EventOfKind<"proposal">; ended: EventOfKind<"proposal.ended"> | undefined }
  | { type: "move"; key: string; event: Move };

export interface TimelineOptions {
  /** The reader's own agent id. */
  me: string;
  /** The divider stands before the first words of others after this seq; null = no divider. */
  unreadAfter: number | null;
  /** The stretch that is laid out; without it all of it is. */
  span?: Span;
  /** Minutes that local time is ahead of UTC at a time; tests fix it. */
  offset?: (at: number) => number;
}

const minute = 60_000_000;
const day = 24 * 60 * minute;

const moveKinds = [
  "thread.started",
  "thread.reopened",
  "thread.requeued",
  "thread.closed",
  "thread.idle",
  "thread.woke",
  "thread.moved",
  "thread.policy",
  "assign",
  "join",
  "leave",
  "offer",
  "offer.ended",
  "reply.due",
  "alarm",
  "transfer",
  "transfer.ended",
  "hold",
  "promise.due",
  "promise.ended",
  "mail.offered",
  "mail.answered",
  "lead.back",
  "back.asked",
  "back.waived",
  "invite",
  "invite.ended",
  "role",
  "trust",
  "help",
  "help.cleared",
  "help.taken",
  "help.returned",
  "grant",
  "grant.ended",
  "visitor.signed",
  "person.linked",
  "person.unlinked",
  "promise.passed",
  "handed",
  "side.asked",
  "side.ended",
] as const;

/** Move is an event that changed who talks here, or whether the talk is open, or that was done by itself. */
export type Move = EventOfKind<(typeof moveKinds)[number]>;

const moves: ReadonlySet<string> = new Set(moveKinds);

function isMove(event: Event): event is Move {
  return moves.has(event.kind);
}

/** isSaid reports whether an event is somebody's words. */
export function isSaid(event: Event): event is EventOfKind<"message" | "note" | "whisper"> {
  return event.kind === "message" || event.kind === "note" || event.kind === "whisper";
}

/** timeline lays events (ascending by seq) out for reading. */
export function timeline(events: readonly Event[], options: TimelineOptions): Item[] {
  const offset = options.offset ?? localOffset;
  const divider = dividerAt(events, options.me, options.unreadAfter);
  const items: Item[] = [];
  let lastDay = Number.NaN;
  for (const event of within(standing(events), options.span ?? whole)) {
    const today = dayOf(event.at, offset);
    if (today !== lastDay) items.push({ type: "day", key: `day-${today}`, at: event.at });
    lastDay = today;
    if (event.seq === divider) items.push({ type: "unread", key: "unread" });
    if (isSaid(event)) say(items, event, isOwn(event, options.me));
    else if (event.kind === "proposal")
      items.push({ type: "proposal", key: `proposal-${event.seq}`, event, ended: endOf(events, event.seq) });
    else items.push({ type: "move", key: `move-${event.seq}`, event });
  }
  return items;
}

/** Standing is an event that has a line of its own. */
type Standing = EventOfKind<"message" | "note" | "whisper" | "proposal"> | Move;

/** standing are the events that have a line of their own. */
export function standing(events: readonly Event[]): Standing[] {
  const lines: Standing[] = [];
  let asking = false;
  for (const event of events) {
    if (event.kind === "transfer") asking = event.body.transfer.to.kind === "agent";
    const again = asking && (event.kind === "offer" || event.kind === "offer.ended");
    if (event.kind === "transfer.ended") asking = false;
    // That one colleague is asked and what he says is told by the transfer itself, and that he accepted by who leads now.
    const accepted = event.kind === "transfer.ended" && event.body.how === "accepted";
    // Who has it now is told by the event that follows: of handing over, only what was said about it.
    const plain = event.kind === "handed" && !event.body.reason && Object.keys(event.body.answers ?? {}).length === 0;
    if (!again && !accepted && !plain && (isSaid(event) || event.kind === "proposal" || isMove(event))) lines.push(event);
  }
  return lines;
}

/** dividerAt is the first words of others after a seq, before which the divider stands; null where there are none, or one has answered since: whoever has answered has read. */
export function dividerAt(events: readonly Event[], me: string, after: number | null): number | null {
  if (after === null) return null;
  const first = events.find((e) => e.seq > after && isSaid(e) && !isOwn(e, me))?.seq ?? null;
  const answered = first !== null && events.some((e) => e.seq > first && e.kind === "message" && isOwn(e, me));
  return answered ? null : first;
}

const isOwn = (event: Event, me: string) => event.actor.kind === "agent" && event.actor.id === me;

function endOf(events: readonly Event[], proposal: number): EventOfKind<"proposal.ended"> | undefined {
  return events.find((e): e is EventOfKind<"proposal.ended"> => e.kind === "proposal.ended" && e.body.proposal === proposal);
}

/** unreadCount is how many words of others stand after a seq. */
export function unreadCount(events: readonly Event[], me: string, after: number): number {
  return events.filter((e) => e.seq > after && isSaid(e) && !(e.actor.kind === "agent" && e.actor.id === me)).length;
}

function say(items: Item[], event: EventOfKind<"message" | "note" | "whisper">, own: boolean): void {
  const body = event.body;
  const line: Line = {
    seq: event.seq,
    vseq: event.vseq ?? 0,
    at: event.at,
    text: body.text ?? "",
    files: body.files ?? [],
    edited: body.edited ?? 0,
    emptied: body.emptied ?? 0,
    mentions: body.answer ? [] : (body.mentions ?? []), // an answer calls who asked, and says so itself
    ...(body.answer ? { answer: body.answer } : {}),
  };
  const voice: Voice = event.kind === "message" ? "reply" : event.kind;
  const before = items.at(-1);
  const together =
    before?.type === "said" &&
    before.voice === voice &&
    before.actor.kind === event.actor.kind &&
    before.actor.id === event.actor.id &&
    Math.floor(before.at / minute) === Math.floor(event.at / minute);
  if (together) before.lines.push(line);
  else items.push({ type: "said", key: `said-${event.seq}`, voice, actor: event.actor, at: event.at, own, lines: [line] });
}

function dayOf(at: number, offset: (at: number) => number): number {
  return Math.floor((at + offset(at) * minute) / day);
}

function localOffset(at: number): number {
  return -new Date(at / 1000).getTimezoneOffset();
}

/** seenMark is the seq of the last words to the visitor that he has read (0 = none). */
export function seenMark(events: readonly Event[], seenVisitor: number): number {
  let mark = 0;
  for (const e of events) {
    if (e.kind === "message" && e.actor.kind !== "visitor" && (e.vseq ?? 0) > 0 && (e.vseq ?? 0) <= seenVisitor) mark = e.seq;
  }
  return mark;
}
