/** What an agent may do about a Conversation that he is not in, as internal/chat decides it. Pure; the server has the last word. */
import { oversees } from "$kit/oversees.ts";
import type { Agent, Etiquette, Group, Row } from "$kit/wire.ts";
import { readsOnly } from "../conversation/guest";
import { takesPart } from "../notify/notice";

/** Rights is how far up the ladder an agent may go here. */
export interface Rights {
  watch: boolean;
  takeOver: boolean;
}

const none: Rights = { watch: false, takeOver: false };

/** rightsOf answers for an open Conversation that somebody leads and the agent is not in. */
export function rightsOf(row: Row | undefined, me: Agent, groups: ReadonlyMap<string, Group>, invited: boolean): Rights {
  const thread = row?.thread;
  if (row === undefined || thread === undefined || thread.state !== "active") return none;
  const etiquette = groups.get(thread.group)?.etiquette ?? {};
  const supervises = oversees(me, thread.group);
  const reads = readsOnly(thread, me);
  return {
    watch: !takesPart(row, me.id) && (invited || (!reads && letsWatch(etiquette, me, thread.group))),
    takeOver: !reads && thread.lead !== me.id && (supervises || (etiquette.take_over === true && me.groups.includes(thread.group))),
  };
}

/** mayTakeHelp reports whether the agent may say that he comes where help is wanted: it is free, and not he who needs it. */
export function mayTakeHelp(row: Row, me: Agent, groups: ReadonlyMap<string, Group>, invited: boolean): boolean {
  const thread = row.thread;
  const help = thread?.help;
  if (thread?.state !== "active" || !help || help.taken_by || help.by === me.id || thread.lead === me.id) return false;
  return takesPart(row, me.id) || !readsOnly(thread, me) || rightsOf(row, me, groups, invited).watch;
}

function letsWatch(etiquette: Etiquette, me: Agent, group: string): boolean {
  switch (etiquette.watch ?? "anyone") {
    case "anyone":
      return true;
    case "group":
      return me.groups.includes(group) || oversees(me, group);
    case "supervisors":
      return oversees(me, group);
    default:
      return false;
  }
}
