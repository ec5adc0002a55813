import { groupChatOf, here, joined, left, recast } from "./groupchat.ts";
import { closedSides, sidesOf } from "./sidetalks.ts";
import type {
  GroupId,
  AgentId,
  Event,
  EventOfKind,
  Held,
  Micros,
  Moved,
  Offer,
  OfferEnded,
  Offered,
  Passage,
  Promised,
  Requeued,
  Target,
  Thread,
  TransferEnded,
} from "./wire.ts";

/** startedThread is the thread that an event begins, as internal/chat has it. */
export function startedThread(event: EventOfKind<"thread.started">): Thread {
  const { number, group, policy, lead, stub, mode, priority, skills, place, recent, recent_at, owner, over } = event.body;
  const at = event.at;
  const base = { id: event.thread ?? "", conversation: event.conversation, number, group, policy, members: [], started_at: at, version: 1 };
  const turn = { stub, first: event.seq, mode, priority, skills, recent, recent_at, owner };
  return lead
    ? tidy({ ...base, ...turn, state: "active", lead, taken_at: at, assigned_at: at, over })
    : tidy({ ...base, ...turn, state: "queued", queued_at: at, place: place || at });
}

/**
 * foldThread is the thread after an event of its own, as internal/chat's
 * Thread.apply has it: kinds that it does not know, and another thread's events,
 * change nothing.
 */
export function foldThread(thread: Thread | undefined, event: Event): Thread | undefined {
  if (thread === undefined || thread.id !== event.thread) return thread;
  if (event.kind === "message") return said(thread, event);
  const change = changeOf(thread, event) ?? turnOf(thread, event) ?? groupChatOf(thread, event) ?? sidesOf(thread, event);
  return change === undefined ? thread : tidy({ ...thread, ...change, version: thread.version + 1 });
}

/** A field that is set to undefined is one that the thread no longer has. */
type Change = { [K in keyof Thread]?: Thread[K] | undefined };

/** said folds a message. Only what changes a decision changes the thread: most messages change nothing. */
function said(thread: Thread, event: EventOfKind<"message">): Thread {
  if (event.body.bridge) return thread;
  const change = event.actor.kind === "visitor" ? visitorWrote(thread, event.at) : teamWrote(thread, event);
  return change === undefined ? thread : tidy({ ...thread, ...change });
}

/** That a message makes a talk by mail live again is for routing to decide: it costs its lead more. */
function visitorWrote(t: Thread, at: Micros): Change | undefined {
  return t.waiting_since ? undefined : { waiting_since: at, version: t.version + 1 };
}

function teamWrote(t: Thread, event: EventOfKind<"message">): Change | undefined {
  const led = event.actor.kind === "agent" && t.lead !== undefined && t.lead === event.actor.id;
  const first = led && (!t.replied_at || (t.tries?.length ?? 0) > 0 || (t.round ?? 0) > 0);
  const by = event.actor.kind === "agent" ? (event.actor.id ?? "") : "";
  const anew = by !== "" && !t.wrote?.includes(by);
  if (!t.waiting_since && t.answered_at && !first && !anew) return undefined;
  return {
    wrote: anew ? [...(t.wrote ?? []), by] : t.wrote,
    answered_at: t.waiting_since || !t.answered_at ? event.at : t.answered_at,
    waiting_since: undefined,
    ...(first ? { replied_at: t.replied_at || event.at, tries: undefined, round: undefined, round_at: undefined } : {}),
    version: t.version + 1,
  };
}

function changeOf(t: Thread, event: Event): Change | undefined {
  switch (event.kind) {
    case "thread.reopened":
      return { state: "queued", reason: undefined, closed_at: undefined, queued_at: event.body.queued_at, ...unasked };
    case "thread.requeued":
      return putBack(t, event.body, event.at);
    case "thread.closed":
      return {
        state: "closed",
        reason: event.body.reason,
        closed_at: event.at,
        waiting_since: undefined,
        offers: undefined,
        ...unpassed,
        promise: undefined,
        invites: undefined,
        proposals: undefined,
        help: undefined,
        side_talks: closedSides(t, event.at),
      };
    case "assign":
      return given(t, event);
    case "join":
      return joined(t, event.body.agent, event.body.role);
    case "leave":
      return left(t, event.body.agent);
    case "grant":
      return {
        guests: [...without(t.guests ?? [], event.body.agent), event.body.agent],
        stays: [...without(t.stays ?? [], event.body.agent), ...(event.body.watching ? [event.body.agent] : [])],
      };
    case "grant.ended":
      return { guests: without(t.guests ?? [], event.body.agent), stays: without(t.stays ?? [], event.body.agent) };
    case "thread.moved":
      return moved(t, event.body, event.at);
    case "thread.policy":
      return { policy: event.body.policy, stub: event.body.stub, ...inherited(t, event.body.group) };
    default:
      return undefined;
  }
}

/** turnOf is what changes of a thread's turn alone: its place in the queue, who was asked, how far its lead has got. */
function turnOf(t: Thread, event: Event): Change | undefined {
  switch (event.kind) {
    case "offer":
      return { offers: [...(t.offers ?? []), offered(event.body, event.at)] };
    case "offer.ended":
      return { offers: t.offers?.filter((o) => o.agent !== event.body.agent), ...refused(t, event.body) };
    case "transfer":
      return { transfer: { ...event.body.transfer, seq: event.seq }, offers: undefined };
    case "hold":
      return held(t, event.body, event.seq, event.at);
    case "promise.due":
      return t.promise === undefined ? {} : warned(t, t.promise, event.body.stage, event.at);
    case "promise.ended":
      return { promise: undefined, held: undefined };
    case "promise.passed":
      return t.promise === undefined ? {} : heldFor(t, t.promise, event.body.owner);
    case "handed": {
      const { by, to, reason } = event.body;
      return { passed: passedOn(t, { by, agent: to.agent, group: to.group, reason, at: event.at }) };
    }
    case "transfer.ended":
      return {
        transfer: undefined,
        offers: undefined,
        ...(event.body.how === "accepted" ? accepted(t, event.body, event.at) : goesOn(t, event.at)),
      };
    case "thread.idle":
      return { idle: true };
    case "thread.woke":
      return { idle: false, over: event.body.over, mode: undefined };
    case "reply.due":
      return { warned_at: event.at };
    case "alarm":
      return event.body.cause ? {} : { round: (t.round ?? 0) + 1, round_at: event.at };
    case "mail.offered":
      return { asked_at: event.at, asked: event.body.cause, mail_done: false };
    case "mail.answered":
      return {
        mail_done: true,
        no_mail: event.body.accepted ? undefined : true,
        mode: event.body.accepted ? "mail" : t.mode,
        asked_at: t.asked_at || event.at,
        asked: t.asked_at ? t.asked : "asked",
      };
    case "lead.back":
      return { moved_from: undefined, taken_from: t.moved_from };
    case "back.asked":
      return { asked_by: event.body.agent };
    case "back.waived":
      return waived(t, event.body.agent);
    case "help": {
      const { cause, reason, by } = event.body;
      const had = t.help?.taken_by && t.help.taken_by !== by ? { taken_by: t.help.taken_by, taken_at: t.help.taken_at } : {};
      return { help: { since: event.at, cause, ...(reason ? { reason } : {}), ...(by ? { by } : {}), ...had } };
    }
    case "help.taken":
      return { help: t.help && { ...t.help, taken_by: event.body.by, taken_at: event.at } };
    case "help.returned":
      return { help: t.help && { ...t.help, taken_by: undefined, taken_at: undefined } };
    case "help.cleared":
      return { help: undefined };
    default:
      return undefined;
  }
}

const unasked: Change = { asked_at: undefined, asked: undefined, mail_done: undefined };
const unpassed = { transfer: undefined, held: undefined } satisfies Change;
const untried = {
  tries: undefined,
  round: undefined,
  round_at: undefined,
  moved_from: undefined,
  taken_from: undefined,
  lost_at: undefined,
} satisfies Change;
const unled: Change = {
  replied_at: undefined,
  warned_at: undefined,
  rest: undefined,
  idle: undefined,
  over: undefined,
  offers: undefined,
  asked_by: undefined,
  ...unpassed,
};

/** goesOn lets the time of the lead's first reply go on that a transfer has stopped; what was before it began does not count. */
function goesOn(t: Thread, at: Micros): Change {
  if (t.transfer === undefined) return {};
  const since = Math.max(t.assigned_at ?? 0, t.waiting_since ?? 0);
  const before = t.rest !== undefined && t.rest.until > since ? t.rest.for : 0;
  return { warned_at: undefined, rest: { for: before + Math.max(0, at - Math.max(t.transfer.at, since)), until: at } };
}

/** given makes an agent the lead. What was tried stays until he has replied. */
function given(t: Thread, event: EventOfKind<"assign">): Change {
  const { lead, cause, over, stays, access } = event.body;
  const handed: Change = cause === "promote" ? { moved_from: t.lead, lost_at: event.at } : t;
  return {
    ...unled,
    state: "active",
    lead,
    taken_at: event.at,
    assigned_at: event.at,
    ...here({ ...t, lead, members: [...without(t.members, lead), ...(stays && t.lead ? [t.lead] : [])] }),
    roles: recast(t, lead, ""),
    invites: t.invites?.filter((i) => i.agent !== lead),
    front: undefined,
    back_at: undefined,
    asked_at: undefined,
    asked: undefined,
    over,
    ...waived({ moved_from: handed.moved_from, taken_from: handed.taken_from, lost_at: handed.lost_at }, lead),
    ...owed(t, lead, access.after.group || t.group),
    ...(access.after.group === "" ? {} : { group: access.after.group, policy: access.after.policy, stub: access.after.stub }),
  };
}

/** waived is that an agent has nothing to ask for any more. */
function waived(t: Change, agent: AgentId): Change {
  const left = (by: AgentId | undefined) => (by === agent ? undefined : by);
  const [movedFrom, takenFrom] = [left(t.moved_from), left(t.taken_from)];
  return {
    moved_from: movedFrom,
    taken_from: takenFrom,
    asked_by: left(t.asked_by),
    lost_at: movedFrom || takenFrom ? t.lost_at : undefined,
  };
}

/** putBack puts the thread into the queue again, before those who have not talked. */
function putBack(t: Thread, body: Pick<Requeued, "queued_at" | "place" | "previous"> & { cause?: string }, at: Micros): Change {
  const back: Change = {
    ...unled,
    state: "queued",
    lead: undefined,
    assigned_at: undefined,
    queued_at: body.queued_at,
    front: true,
    back_at: at,
    asked_at: undefined,
    asked: undefined,
    place: body.place,
    invites: undefined,
    proposals: t.proposals?.filter((p) => t.members.includes(p.agent)),
    ...((t.promise?.owner ?? "") === (body.previous ?? "") ? owed(t, "", t.group) : {}),
  };
  switch (body.cause) {
    case "agent":
    case "missed_reply":
    case "handover":
      return { ...back, tries: tried(t, body.previous) };
    case "lost":
      return { ...back, recent: body.previous, recent_at: at, moved_from: body.previous, taken_from: undefined, lost_at: at };
    case "woke":
      return { ...back, recent: body.previous, recent_at: at };
    default:
      return back;
  }
}

function offered({ agent, deadline, by }: Offered, at: Micros): Offer {
  return by ? { agent, at, deadline, by } : { agent, at, deadline };
}

/** moved puts the thread into the queue of another group. */
function moved(t: Thread, body: Moved, at: Micros): Change {
  const { group, policy, stub, by = "", gave = [] } = body;
  // Who passed it on elsewhere may have it from another group.
  const excluded = by === "" ? undefined : [by, ...gave];
  const passed = by === "" ? t.passed : passedOn(t, { by, agent: body.agent, group, reason: body.reason, at });
  return {
    ...putBack(t, { ...body, previous: body.previous ?? "" }, at),
    ...untried,
    ...owed(t, "", group),
    group,
    policy,
    stub,
    excluded,
    passed,
  };
}

const mostPassed = 20;

function passedOn(t: Thread, passage: { [K in keyof Passage]: Passage[K] | undefined }): Passage[] {
  const kept = Object.entries(passage).filter(([, value]) => !isNothing(value));
  return [...(t.passed ?? []), Object.fromEntries(kept) as unknown as Passage].slice(-mostPassed);
}

/** accepted is what an accepted transfer leaves behind besides the lead. */
function accepted(t: Thread, body: TransferEnded, at: Micros): Change {
  const x = t.transfer;
  if (x === undefined) return {};
  const excluded = t.excluded?.includes(x.by) ? t.excluded : [...(t.excluded ?? []), x.by];
  return { excluded, passed: passedOn(t, { by: x.by, agent: body.agent, group: x.to.group, reason: x.reason, at }) };
}

/** held lets the thread wait for somebody who is not there; its visitor has a promise. */
function held(t: Thread, body: Held, seq: number, at: Micros): Change {
  const { group, policy, stub } = body.access.after;
  const { by } = body.promise;
  const mail: Change = body.way === "mail" ? { mode: "mail", mail_done: true } : {};
  const passed = passedOn(t, { by, agent: body.to.agent, group: body.to.group, reason: body.reason, at });
  return {
    ...putBack(t, body, at),
    ...untried,
    group,
    policy,
    stub,
    excluded: [by, ...(body.gave ?? [])],
    held: body.to,
    promise: { ...body.promise, seq },
    ...mail,
    passed,
  };
}

function warned(t: Thread, promise: Promised, stage: "soon" | "overdue", at: Micros): Change {
  const told = { promise: { ...promise, warned: stage } };
  return stage === "overdue" && t.held !== undefined ? { ...told, held: undefined, back_at: at } : told;
}

/** heldFor is who owes the promise now; what waits for who was not there waits for him. */
function heldFor(t: Thread, promise: Promised, owner: AgentId | undefined): Change {
  const target: Target = owner
    ? { kind: "agent", agent: owner, group: t.held?.group ?? "" }
    : { kind: "group", group: t.held?.group ?? "" };
  return { ...owed({ ...t, promise }, owner ?? "", t.group), held: t.held === undefined ? undefined : target };
}

/** inherited is another group that has what the thread waits for and owes. */
function inherited(t: Thread, group: GroupId | undefined): Change {
  if (!group) return {};
  if (t.promise === undefined) return { group };
  const owner = t.state === "queued" ? "" : (t.promise.owner ?? "");
  return { group, held: t.held && { kind: "group", group }, ...owed(t, owner, group) };
}

/** owed is who owes the promise from now on, and in which group. */
function owed(t: Thread, owner: AgentId, group: GroupId): Change {
  if (t.promise === undefined) return {};
  const { owner: _, ...rest } = t.promise;
  return { promise: { ...rest, ...(owner ? { owner } : {}), group } };
}

/** refused notes who declined an offer or let it ring: of a transfer with the transfer. */
function refused(t: Thread, body: OfferEnded): Change {
  if (body.how === "withdrawn") return {};
  if (t.transfer === undefined) return { tries: tried(t, body.agent) };
  return { transfer: { ...t.transfer, asked: [...(t.transfer.asked ?? []), body.agent] } };
}

function tried(t: Thread, agent: AgentId): Thread["tries"] {
  const tries = t.tries ?? [];
  if (agent === "") return tries;
  return tries.some((x) => x.agent === agent)
    ? tries.map((x) => (x.agent === agent ? { ...x, count: x.count + 1 } : x))
    : [...tries, { agent, count: 1 }];
}

function without(members: readonly string[], agent: string): string[] {
  return members.filter((m) => m !== agent);
}

const always: ReadonlySet<string> = new Set(["members", "version"]);

/** tidy leaves out what the server leaves out: nothing, 0, "" and false are the same there. */
function tidy(thread: Change & Pick<Thread, "id">): Thread {
  const kept = Object.entries(thread).filter(([key, value]) => always.has(key) || !isNothing(value));
  return Object.fromEntries(kept) as unknown as Thread;
}

function isNothing(value: unknown): boolean {
  return !value || (Array.isArray(value) && value.length === 0);
}
