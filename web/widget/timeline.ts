import type { Outgoing } from "$kit/outbox.ts";
import { pendingOf } from "$kit/pending.ts";
import type { Calendar } from "$kit/time.ts";
import type { Event, EventOfKind, Micros } from "$kit/wire.ts";
import type { T } from "./texts.ts";
import type { Words } from "./words.ts";

export type Message = EventOfKind<"message">;

/** Item is one thing that stands in the conversation. */
export type Item =
  | { kind: "day"; id: string; at: Micros }
  /** Messages of one person, close together. */
  | { kind: "group"; id: string; own: boolean; name: string; messages: Message[] }
  | { kind: "line"; id: string; text: string; at: Micros }
  | { kind: "unsent"; id: string; item: Outgoing };

const closeTogether = 5 * 60 * 1_000_000;

/** itemsOf lays the events and what is not sent yet out as a conversation. passed says what is loaded later: that it is passed on. */
export function itemsOf(events: readonly Event[], outgoing: readonly Outgoing[], clock: Calendar, t: T, passed?: Words["passed"]): Item[] {
  const items: Item[] = [];
  let last: Micros | undefined;
  for (const event of events) {
    const next = event.kind === "message" ? undefined : (passed?.(event, events) ?? lineOf(event, t));
    if (event.kind !== "message" && next === undefined) continue;
    if (last === undefined || !clock.sameDay(last, event.at)) items.push({ kind: "day", id: `d${event.seq}`, at: event.at });
    last = event.at;
    if (event.kind === "message") addMessage(items, event);
    else if (next !== undefined) items.push({ kind: "line", id: `e${event.seq}`, text: next, at: event.at });
  }
  for (const item of pendingOf(outgoing, events, isOwn)) items.push({ kind: "unsent", id: item.key, item });
  return items;
}

function addMessage(items: Item[], message: Message): void {
  const group = items.at(-1);
  const before = group?.kind === "group" ? group.messages.at(-1) : undefined;
  const joins = before !== undefined && before.actor.kind === message.actor.kind && before.actor.id === message.actor.id;
  if (group?.kind === "group" && joins && message.at - before.at < closeTogether) {
    group.messages.push(message);
    return;
  }
  items.push({ kind: "group", id: `e${message.seq}`, own: isOwn(message), name: message.actor.name ?? "", messages: [message] });
}

/** isOwn reports whether the visitor did it. */
export function isOwn(event: Event): boolean {
  return event.actor.kind === "visitor";
}

function lineOf(event: Event, t: T): string | undefined {
  switch (event.kind) {
    case "assign":
      return t("line.assign", { name: event.body.lead_name });
    case "join":
      return t("line.join", { name: event.body.agent_name });
    case "leave":
      return t("line.leave", { name: event.body.agent_name });
    case "thread.requeued":
      return t("line.requeued");
    case "thread.moved":
      return event.body.public_name ? t("line.moved", { group: event.body.public_name }) : t("line.requeued");
    case "thread.closed":
      if (event.body.reason === "ended") return t("line.ended");
      if (event.body.reason === "abandoned") return t("line.abandoned");
      return event.actor.name ? t("line.resolved", { name: event.actor.name }) : t("line.closed");
    default:
      return undefined;
  }
}
