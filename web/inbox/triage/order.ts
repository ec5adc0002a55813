/** Which of the chats that wait in the first line is looked at, and which come next. Pure. */
import { oversees } from "$kit/oversees.ts";
import type { Agent, ConversationId, Group, GroupId, Row } from "$kit/wire.ts";

/** Order is where somebody stands in what waits. */
export interface Order {
  at: ConversationId | null;
  /** Put off: they come last, in this order. */
  put: readonly ConversationId[];
  /** Sent on or taken: gone, though their rows may still stand here for a moment. */
  left: readonly ConversationId[];
}

export const begun: Order = { at: null, put: [], left: [] };

/** linesOf are the first lines that somebody sends on from: his own, and every one for who oversees. */
export function linesOf(groups: Iterable<Group>, me: Pick<Agent, "role" | "groups" | "classes">): Set<GroupId> {
  const lines = new Set<GroupId>();
  for (const group of groups) {
    if (!group.deleted && group.rules?.line === "first_line" && (me.groups.includes(group.id) || oversees(me, group.id)))
      lines.add(group.id);
  }
  return lines;
}

/** waitingIn are the rows that wait in those groups, in the order in which they come; what is held waits for somebody else. */
export function waitingIn(rows: readonly Row[], lines: ReadonlySet<GroupId>): Row[] {
  return rows.filter(({ thread }) => thread?.state === "queued" && thread.held === undefined && lines.has(thread.group));
}

/** inOrder are those that are still to be looked at, with those that were put off last. */
export function inOrder(order: Order, waiting: readonly ConversationId[]): ConversationId[] {
  const here = waiting.filter((id) => !order.left.includes(id));
  return [...here.filter((id) => !order.put.includes(id)), ...order.put.filter((id) => here.includes(id))];
}

/** look stays at what is looked at while it waits, else goes to the next; what is over is forgotten. */
export function look(order: Order, waiting: readonly ConversationId[]): Order {
  const line = inOrder(order, waiting);
  const at = order.at !== null && line.includes(order.at) ? order.at : (line[0] ?? null);
  const put = order.put.filter((id) => waiting.includes(id));
  const left = order.left.filter((id) => waiting.includes(id));
  const same = at === order.at && put.length === order.put.length && left.length === order.left.length;
  return same ? order : { at, put, left };
}

/** Step is what somebody does with the chat that he looks at. */
export type Step = "skip" | "back";

/** step goes on to the next, or back to what was put off last. */
export function step(order: Order, what: Step, waiting: readonly ConversationId[]): Order {
  const { at } = order;
  if (what === "back") {
    const last = order.put.findLast((id) => id !== at);
    return last === undefined ? order : look({ ...order, at: last, put: order.put.filter((id) => id !== last) }, waiting);
  }
  if (at === null) return order;
  return look({ ...order, put: [...order.put.filter((id) => id !== at), at], at: null }, waiting);
}

/** leave goes away from what was sent on or taken. Its row may be gone already, so that somebody else is looked at: he is not left. */
export function leave(order: Order, id: ConversationId, waiting: readonly ConversationId[]): Order {
  return look({ ...order, left: [...order.left, id] }, waiting);
}
