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

function startedThread(event: EventOfKind<"thread.started">): Thread {
  const { number, group, policy, lead } = event.body;
  const at = event.at;
  const base = { id: event.thread ?? "", conversation: event.conversation, number, group, policy, members: [], started_at: at, version: 1 };
  return lead ? { ...base, state: "active", lead, taken_at: at } : { ...base, state: "queued", queued_at: at };
}

/** foldThread is the thread after an event of its own; another's event changes nothing. */
export function foldThread(thread: Thread | undefined, event: Event): Thread | undefined {
  if (thread === undefined || thread.id !== event.thread) return thread;
  const next = { ...thread, version: thread.version + 1 };
  switch (event.kind) {
    case "message":
      return { ...thread, waiting_since: event.actor.kind === "visitor" ? thread.waiting_since || event.at : 0 };
    case "thread.reopened": {
      const { reason: _, ...open } = next;
      return { ...open, state: "queued", closed_at: 0, queued_at: event.body.queued_at };
    }
    case "thread.requeued": {
      const { lead: _, ...led } = next;
      return { ...led, state: "queued", queued_at: event.body.queued_at };
    }
    case "thread.closed":
      return { ...next, state: "closed", reason: event.body.reason, closed_at: event.at, waiting_since: 0 };
    case "assign":
      return { ...next, state: "active", lead: event.body.lead, taken_at: event.at, members: without(thread.members, event.body.lead) };
    case "join":
      return { ...next, members: [...without(thread.members, event.body.agent), event.body.agent] };
    case "leave":
      return left(next, event.body.agent);
    default:
      return thread;
  }
}

function left(thread: Thread, agent: string): Thread {
  const members = without(thread.members, agent);
  if (thread.lead !== agent) return { ...thread, members };
  const { lead: _, ...rest } = thread;
  return { ...rest, members };
}

/** foldThreads is foldThread over the threads of a conversation; a thread that begins joins them. */
export function foldThreads(threads: readonly Thread[], event: Event): readonly Thread[] {
  if (event.kind === "thread.started" && !threads.some((t) => t.id === event.thread)) return [...threads, startedThread(event)];
  const at = threads.findIndex((t) => t.id === event.thread);
  const before = threads[at];
  const after = foldThread(before, event);
  return after === undefined || after === before ? threads : threads.with(at, after);
}

function without(members: readonly string[], agent: string): string[] {
  return members.filter((m) => m !== agent);
}
