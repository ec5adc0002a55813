/** Which frames of the stream deserve a sound and a notification. Pure. */
import type { State } from "$kit/reducer.ts";
import type { Down, Event, Row } from "$kit/wire.ts";

/** Notice is what the person should be told. */
export interface Notice {
  /** One notice per tag, over all tabs of the same person. */
  tag: string;
  kind: "message" | "note" | "queued";
  conversation: string;
  name: string;
  text: string;
}

/**
 * noticeOf answers what a frame tells the agent, or null: words of others in
 * what he takes part in, and visitors who begin to wait. Never his own acts.
 */
export function noticeOf(frame: Down, before: State, me: string): Notice | null {
  if (frame.type === "event") {
    const event = frame.event;
    const row = before.rows.get(event.conversation);
    if (event.actor.kind === "agent" && event.actor.id === me) return null;
    if ((event.kind === "message" || event.kind === "note") && row && takesPart(row, me) && event.seq > row.conversation.head) {
      return {
        tag: `${event.conversation}:${event.seq}`,
        kind: event.kind,
        conversation: event.conversation,
        name: event.actor.name ?? "",
        text: event.body.text,
      };
    }
    return row ? waitsAgain(event, row, me) : null;
  }
  return frame.type === "row" ? queued(frame.row, before.rows.get(frame.row.conversation.id), me) : null;
}

/** waitsAgain tells whoever takes part that the Conversation went back to the queue. */
function waitsAgain(event: Event, row: Row, me: string): Notice | null {
  if (event.kind !== "thread.requeued" || event.body.by === me || event.seq <= row.conversation.head) return null;
  return {
    tag: `${event.conversation}:requeued:${event.seq}`,
    kind: "queued",
    conversation: event.conversation,
    name: row.visitor.name,
    text: row.conversation.last.text,
  };
}

function queued(row: Row, before: Row | undefined, me: string): Notice | null {
  const thread = row.thread;
  if (thread?.state !== "queued") return null;
  if (before?.thread?.id === thread.id && before.thread.state === "queued") return null;
  // Who led it put it back himself.
  if (before?.thread?.id === thread.id && before.thread.lead === me) return null;
  return {
    tag: `${row.conversation.id}:queued:${thread.number}`,
    kind: "queued",
    conversation: row.conversation.id,
    name: row.visitor.name,
    text: row.conversation.last.text,
  };
}

/** takesPart reports whether an agent leads or is a member of what is open. */
export function takesPart(row: Row, agent: string): boolean {
  const thread = row.thread;
  return thread !== undefined && thread.state !== "closed" && (thread.lead === agent || thread.members.includes(agent));
}
