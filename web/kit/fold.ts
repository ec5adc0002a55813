import { foldThread, startedThread } from "./turn.ts";
import type { Conversation, Event, EventOfKind, Line, Row, Said, Thread } from "./wire.ts";

const previewLength = 200;

/** foldRow is the row after an event, as internal/chat's State.Apply has it. What the row includes already changes nothing. */
export function foldRow(row: Row, event: Event): Row {
  if (event.seq <= row.conversation.head) return row;
  const numbered = { ...row.conversation, head: event.seq, vhead: Math.max(row.conversation.vhead, event.vseq ?? 0) };
  const conversation = foldConversation(numbered, event);
  const thread = event.kind === "thread.started" ? startedThread(event) : foldThread(row.thread, event);
  const next: Row = { ...row, conversation };
  if (thread !== undefined) next.thread = thread;
  if (event.kind === "visitor.changed") next.visitor = event.body;
  return next;
}

function foldConversation(c: Conversation, event: Event): Conversation {
  switch (event.kind) {
    case "message":
    case "note":
      return { ...c, last: lineOf(event) };
    case "seen":
      return event.body.side === "visitor"
        ? { ...c, seen_visitor: Math.max(c.seen_visitor, event.body.upto) }
        : { ...c, seen_team: Math.max(c.seen_team, event.body.upto) };
    case "edit":
      return c.last.seq === event.body.target ? { ...c, last: { ...c.last, text: cut(event.body.text) } } : c;
    case "redact":
      return c.last.seq === event.body.target ? { ...c, last: { ...c.last, text: "" } } : c;
    default:
      return c;
  }
}

function lineOf(event: EventOfKind<"message" | "note">): Line {
  const { seq, kind, actor, at } = event;
  return { seq, kind, by: actor.kind, by_id: actor.id ?? "", name: actor.name ?? "", text: preview(event.body), at };
}

function preview(said: Said): string {
  return cut(said.text === "" ? (said.files?.[0]?.name ?? "") : said.text);
}

function cut(text: string): string {
  return text.length <= previewLength ? text : [...text].slice(0, previewLength).join("");
}

/** foldThreads is foldThread over the threads of a conversation; a thread that begins joins them. */
export function foldThreads(threads: readonly Thread[], event: Event): readonly Thread[] {
  if (event.kind === "thread.started" && !threads.some((t) => t.id === event.thread)) return [...threads, startedThread(event)];
  const at = threads.findIndex((t) => t.id === event.thread);
  const before = threads[at];
  const after = foldThread(before, event);
  return after === undefined || after === before ? threads : threads.with(at, after);
}
