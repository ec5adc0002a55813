import { channelOf, channelsOf, closeChannel, isOfTalk, levelChannel, markChannel, readChannel, withoutChannel } from "./channels.ts";
import { foldRow, foldThreads } from "./fold.ts";
import { markOfSnapshot, markRead, markWithEvent, markWithRow, noMark } from "./marks.ts";
import { addNewer, addOlder, newTalk, replace, type Talk } from "./talk.ts";
import { foldWatching, watchingOf } from "./observing.ts";
import { settle, withLine, withOpenedTalk, withTeamEvent } from "./opentalk.ts";
import { empty, type Gap, type Input, type State } from "./state.ts";
import type {
  Agent,
  ConversationId,
  Down,
  Event,
  EventOfKind,
  EventPage,
  Inbox,
  Invitation,
  ListName,
  Loss,
  Micros,
  Opened,
  Page,
  Row,
  Signal,
  Voice,
} from "./wire.ts";

export type { Mark } from "./marks.ts";
export * from "./select.ts";
export * from "./state.ts";
export { hasGap, type Talk } from "./talk.ts";

/** reduce is the State after an Input. It is pure: the same inputs make the same State, and an event twice is one event. */
export function reduce(state: State, input: Input): State {
  switch (input.type) {
    case "session":
      return { ...state, session: input.session, ended: false };
    case "inbox":
      return fromInbox(state, input.list, input.inbox);
    case "page":
      return withPage(state, input.list, input.page, input.first);
    case "rows":
      return withRows(state, input.page);
    case "opened":
      return withOpened(state, input.opened);
    case "closed":
      return withClosed(state, input.conversation);
    case "talk":
      return withOpenedTalk(state, input.opened, input.shown);
    case "older":
      return withTalk(state, input.conversation, (talk) => settle(addOlder(talk, input.before, input.page.events, input.page.more)));
    case "newer":
      return withNewer(state, input.gap, input.page);
    case "done":
      return input.done.events.reduce(withEvent, state);
    case "read":
      return withRead(state, input.conversation, input.seq);
    case "agent":
      return withAgent(state, input.agent);
    case "input":
      return state.warned === 0 ? state : { ...state, warned: 0 };
    case "site":
      return { ...state, sites: put(state.sites, input.site.id, input.site) };
    case "frame":
      return withFrame(state, input.frame);
    case "tick":
      return expire(state, input.now);
  }
}

function withClosed(state: State, id: ConversationId): State {
  const { talks, wanted, channels } = state;
  return { ...state, talks: drop(talks, id), wanted: drop(wanted, id), channels: closeChannel(channels, id) };
}

function fromInbox(state: State, list: ListName, inbox: Inbox): State {
  const stale = [...state.talks.values()].map((talk): [ConversationId, Talk] => [talk.id, { ...talk, stale: true }]);
  const base: State = {
    ...empty(state.session),
    ended: state.ended,
    talks: new Map(stale),
    me: inbox.me,
    team: new Map(inbox.team.map((a) => [a.id, a])),
    present: new Set(inbox.present),
    warned: inbox.away_at ?? 0,
    groups: new Map(inbox.groups.map((g) => [g.id, g])),
    sites: new Map(inbox.sites.map((s) => [s.id, s])),
    drafts: inbox.drafts,
    losses: new Map(inbox.losses.map((l) => [l.conversation, l])),
    invitations: new Map(inbox.invitations.map((i) => [invitationKey(i), i])),
    watching: watchingOf(inbox.observing),
    channels: channelsOf(inbox.talks ?? [], state.channels),
    signals: new Map(inbox.signals.filter((s) => s.on).map((s) => [signalKey(s), s])),
  };
  const { rows, counts, next } = inbox;
  return withPage(base, list, next === undefined ? { rows, counts } : { rows, counts, next }, true);
}

function withPage(state: State, list: ListName, page: Page, first: boolean): State {
  const next = page.next === "" ? undefined : page.next;
  const edge = page.rows.at(-1) ?? (first ? undefined : state.extents[list].edge);
  const extents = { ...state.extents, [list]: { loaded: true, next, edge: next === undefined ? undefined : edge } };
  return { ...withRows(state, page), extents };
}

function withRows(state: State, page: Page): State {
  const rows = new Map(state.rows);
  const marks = new Map(state.marks);
  for (const row of page.rows) {
    rows.set(row.conversation.id, newest(rows.get(row.conversation.id), row));
    marks.set(row.conversation.id, markOfSnapshot(marks.get(row.conversation.id), row));
  }
  return { ...state, rows, marks, counts: page.counts };
}

function newest(known: Row | undefined, row: Row): Row {
  return known !== undefined && known.conversation.head > row.conversation.head ? known : row;
}

function withOpened(state: State, opened: Opened): State {
  const id = opened.row.conversation.id;
  const { head, seen_visitor: seenVisitor, seen_team: seenTeam } = opened.row.conversation;
  const fresh: Talk = { ...newTalk(id, opened.events, head, opened.more), threads: opened.threads, seenVisitor, seenTeam };
  const row = newest(state.rows.get(id), opened.row);
  const talk = settle(replace(state.talks.get(id), fresh));
  const later = talk.events.filter((e) => e.seq > head);
  const whole: Talk = { ...talk, threads: later.reduce(foldThreads, opened.threads), head: Math.max(talk.head, row.conversation.head) };
  return {
    ...state,
    rows: put(state.rows, id, row),
    talks: put(state.talks, id, whole),
    marks: put(state.marks, id, markOfSnapshot(state.marks.get(id), opened.row)),
    wanted: satisfied(state, id, row),
  };
}

/** satisfied is what is wanted still, once a row has come: an answer from before what was missed does not do. */
function satisfied(state: State, id: ConversationId, row: Row): State["wanted"] {
  return row.conversation.head >= (state.wanted.get(id) ?? 0) ? drop(state.wanted, id) : state.wanted;
}

function withNewer(state: State, gap: Gap, page: EventPage): State {
  const events = page.events.reduce((s, event) => (isKnown(s, event.conversation) ? withEvent(s, event) : s), state);
  return withTalk(events, gap.conversation, (talk) => settle(addNewer(talk, gap.after, gap.upto, page.events, page.more)));
}

function isKnown(state: State, id: ConversationId): boolean {
  return state.rows.has(id) || channelOf(state.channels, id) !== undefined;
}

function withFrame(state: State, frame: Down): State {
  switch (frame.type) {
    case "event":
      return withEvent(state, frame.event);
    case "row":
      return withRow(state, frame.row);
    case "signal":
      return withSignal(state, frame.signal);
    case "gone":
      return forget(state, frame.conversation);
    default:
      return state;
  }
}

function withEvent(state: State, event: Event): State {
  switch (event.kind) {
    case "agent.changed":
      return withAgent(state, event.body);
    case "site.changed":
      return { ...state, sites: put(state.sites, event.body.id, event.body) };
    case "group.changed":
      return { ...state, groups: put(state.groups, event.body.id, event.body) };
    case "read":
      return withReadEvent(state, event);
    case "talk.level":
      return { ...state, channels: levelChannel(state.channels, event.body.conversation, event.body.level, event.body.muted_until) };
    case "draft":
      return { ...state, draftVersions: put(state.draftVersions, draftKey(event.body.conversation, event.body.voice), event.body.version) };
    case "idle.warned":
      return { ...state, warned: event.body.deadline };
    case "loss.changed":
      return withLoss(state, event.body);
    case "invitation":
      return { ...state, invitations: put(state.invitations, invitationKey(event.body), event.body) };
    case "invitation.ended":
      return { ...state, invitations: drop(state.invitations, invitationKey(event.body)) };
    case "playbook.changed":
      return { ...state, playbooks: put(state.playbooks, event.body.group, event.body) };
    case "watch":
    case "watch.ended":
    case "watched":
    case "watch.invited":
      return { ...state, watching: foldWatching(state.watching, event) };
    case "help.words":
    case "routes.changed":
    case "routing.changed":
    case "group.queue":
      return state;
    case "session.ended":
      return { ...state, ended: state.ended || !event.body.session || event.body.session === state.session };
    default:
      if (isOfTalk(event) && !state.rows.has(event.conversation)) return quiet(withTeamEvent(state, event), event);
      return withTalkEvent(state, event);
  }
}

/** withLoss takes in what is told of a Thread that was lost. What ends does not end the loss of a later Thread. */
function withLoss(state: State, loss: Loss): State {
  if (!loss.ended) return { ...state, losses: put(state.losses, loss.conversation, loss) };
  const known = state.losses.get(loss.conversation);
  return known?.thread === loss.thread ? { ...state, losses: drop(state.losses, loss.conversation) } : state;
}

function withTalkEvent(before: State, event: Event): State {
  const id = event.conversation;
  const state = withWatching(before, event);
  const talk = state.talks.get(id);
  const next: State =
    talk === undefined ? state : { ...state, talks: put(state.talks, id, withThreads(talk, withLine(talk, event), event)) };
  const row = state.rows.get(id);
  if (row === undefined) return { ...next, wanted: wanting(next, event) };
  const mark = markWithEvent(state.marks.get(id) ?? noMark, event, state.me?.id ?? "");
  // Without the events of a Talk nobody else would notice that some are missing.
  if (talk === undefined && event.seq > row.conversation.head + 1) return { ...next, wanted: wanting(next, event) };
  return { ...quiet(next, event), rows: put(next.rows, id, foldRow(row, event)), marks: put(next.marks, id, mark) };
}

function withWatching(state: State, event: Event): State {
  const watching = foldWatching(state.watching, event);
  return watching === state.watching ? state : { ...state, watching };
}

/** withThreads folds an event that is new to the Talk into its threads. */
function withThreads(before: Talk, after: Talk, event: Event): Talk {
  return after === before ? after : { ...after, threads: foldThreads(after.threads, event) };
}

function wanting(state: State, event: Event): State["wanted"] {
  return put(state.wanted, event.conversation, Math.max(event.seq, state.wanted.get(event.conversation) ?? 0));
}

/** quiet ends the typing of who has just spoken, and what he had typed; with a Thread ends all that was typed in it. */
function quiet(state: State, event: Event): State {
  const { conversation, actor, kind } = event;
  if (kind === "thread.closed") return withoutSignals(state, (s) => s.kind === "preview" && s.conversation === conversation);
  if (kind !== "message" && kind !== "note") return state;
  const over = [signalKey({ kind: "typing", conversation, actor })];
  if (kind === "message") over.push(signalKey({ kind: "preview", conversation, actor }));
  return withoutSignals(state, (s) => over.includes(signalKey(s)));
}

function withoutSignals(state: State, over: (signal: Signal) => boolean): State {
  const left = [...state.signals].filter(([, signal]) => !over(signal));
  return left.length === state.signals.size ? state : { ...state, signals: new Map(left) };
}

function withRow(state: State, row: Row): State {
  const id = row.conversation.id;
  const known = state.rows.get(id);
  if (known !== undefined && known.conversation.head > row.conversation.head) return state;
  const talk = state.talks.get(id);
  const behind = talk !== undefined && talk.head < row.conversation.head;
  const mark = markWithRow(
    state.marks.get(id) ?? { ...noMark, upto: row.conversation.last.seq > 0 ? row.conversation.last.seq - 1 : 0 },
    row,
    state.me?.id ?? "",
  );
  return {
    ...state,
    rows: put(state.rows, id, row),
    marks: put(state.marks, id, mark),
    talks: behind ? put(state.talks, id, { ...talk, head: row.conversation.head }) : state.talks,
    wanted: satisfied(state, id, row),
  };
}

/** withReadEvent takes in a mark of the reader's own, or of somebody else of a direct talk. */
function withReadEvent(state: State, event: EventOfKind<"read">): State {
  const { conversation, seq } = event.body;
  const by = event.actor.id ?? "";
  if (by === "" || by === state.me?.id) return withRead(state, conversation, seq);
  return { ...state, channels: readChannel(state.channels, conversation, by, seq) };
}

function withRead(state: State, id: ConversationId, seq: number): State {
  if (channelOf(state.channels, id) !== undefined) return { ...state, channels: markChannel(state.channels, id, seq) };
  const mark = markRead(state.marks.get(id) ?? noMark, seq);
  return { ...state, marks: put(state.marks, id, mark) };
}

function withAgent(state: State, agent: Agent): State {
  const mine = state.me?.id === agent.id;
  const warned = mine && agent.status !== state.me?.status ? 0 : state.warned;
  return { ...state, warned, me: mine ? agent : state.me, team: put(state.team, agent.id, agent) };
}

function withSignal(state: State, signal: Signal): State {
  if (signal.kind === "presence" && signal.actor.id !== undefined) {
    const present = new Set(state.present);
    if (signal.on) present.add(signal.actor.id);
    else present.delete(signal.actor.id);
    return { ...state, present };
  }
  const key = signalKey(signal);
  return { ...state, signals: signal.on ? put(state.signals, key, signal) : drop(state.signals, key) };
}

function expire(state: State, now: Micros): State {
  return withoutSignals(state, (signal) => signal.expires <= now);
}

function forget(state: State, id: ConversationId): State {
  const signals = new Map([...state.signals].filter(([, s]) => s.conversation !== id));
  const { rows, talks, marks, wanted } = state;
  const channels = withoutChannel(state.channels, id);
  return { ...state, signals, channels, rows: drop(rows, id), talks: drop(talks, id), marks: drop(marks, id), wanted: drop(wanted, id) };
}

function withTalk(state: State, id: ConversationId, change: (talk: Talk) => Talk): State {
  const talk = state.talks.get(id);
  return talk === undefined ? state : { ...state, talks: put(state.talks, id, change(talk)) };
}

/** signalKey is where a signal stands in State.signals: the last one of each wins. */
export function signalKey(signal: Pick<Signal, "kind" | "conversation" | "actor">): string {
  return `${signal.conversation ?? ""} ${signal.kind} ${signal.actor.kind}:${signal.actor.id ?? ""}`;
}

/** invitationKey is where an invitation stands in State.invitations. */
export function invitationKey({ conversation, invite }: Pick<Invitation, "conversation" | "invite">): string {
  return `${conversation} ${invite}`;
}

/** draftKey is where a draft stands in State.draftVersions. */
export function draftKey(conversation: ConversationId, voice: Voice): string {
  return `${conversation} ${voice}`;
}

function put<K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> {
  return map.get(key) === value ? map : new Map(map).set(key, value);
}

function drop<K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> {
  if (!map.has(key)) return map;
  const next = new Map(map);
  next.delete(key);
  return next;
}
