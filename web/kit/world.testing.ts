import { dice, type Dice } from "./random.testing.ts";
import { empty, gaps, type Gap, type Input, type State, stale } from "./reducer.ts";
import type { Actor, Bodies, ConversationId, Down, Event, EventPage, Inbox, Kind, Opened, Row } from "./wire.ts";

/**
 * World is a server and the line to one agent, played by chance: events are
 * stored, frames are delivered in order, doubled, cut and resumed, single ones
 * are lost, and answers to requests come late and in any order. At the end
 * everything is delivered and the client must show what the server has.
 */
export interface World {
  state: State;
  reduce: (state: State, input: Input) => State;
  dice: Dice;
  log: Event[];
  /** seqs that this agent may not see. */
  hidden: Set<string>;
  /** The conversations whose events the agent's feed carries; others send rows. */
  watched: Set<ConversationId>;
  inFlight: Delivery[];
  answers: Input[];
  /** How many events of the log the server has sent on the present line. */
  sent: number;
  /** How many the client has taken in: its cursor. */
  cursor: number;
  clock: number;
}

/** Delivery is a frame on its way and the cursor that it moves to. */
interface Delivery {
  frame: Down;
  cursor: number;
}

export const me: Actor = { kind: "agent", id: "a_me", name: "Mia" };
const colleague: Actor = { kind: "agent", id: "a_ben", name: "Ben" };
const visitor: Actor = { kind: "visitor", id: "v_1", name: "Vic" };
export const conversations: readonly ConversationId[] = ["c_1", "c_2", "c_3"];

/** play runs one seed and answers the world after everything has been delivered. */
export function play(seed: number, reduce: World["reduce"], steps = 100): World {
  const world = newWorld(seed, reduce);
  for (const id of conversations) append(world, id, "thread.started", { number: 1, group: "g", policy: "open" }, visitor);
  world.sent = world.log.length;
  world.cursor = world.sent;
  take(world, { type: "inbox", list: "all", inbox: inboxOf(world) });
  for (let i = 0; i < steps; i++) step(world);
  heal(world);
  return world;
}

function newWorld(seed: number, reduce: World["reduce"]): World {
  return {
    state: empty("n_1"),
    reduce,
    dice: dice(seed),
    log: [],
    hidden: new Set(),
    watched: new Set(["c_1"]),
    inFlight: [],
    answers: [],
    sent: 0,
    cursor: 0,
    clock: 1_000_000,
  };
}

function step(world: World): void {
  const { dice: d } = world;
  const roll = d.below(100);
  if (roll < 34) happen(world);
  else if (roll < 70) deliver(world);
  else if (roll < 78) answer(world);
  else if (roll < 84) ask(world);
  else if (roll < 88) cut(world);
  else if (roll < 90) world.inFlight.splice(d.below(world.inFlight.length + 1), 1);
  else if (roll < 92) world.inFlight.unshift(...world.inFlight.slice(0, 1));
  else if (roll < 96) watch(world, d.pick(conversations));
  else readSome(world);
}

/** happen stores an event, as somebody of the conversation makes one. */
function happen(world: World): void {
  const { dice: d } = world;
  const id = d.pick(conversations);
  const mine = eventsOf(world, id).filter((e) => (e.kind === "message" || e.kind === "note") && !e.body.emptied);
  const roll = d.below(100);
  const actor = d.pick([me, colleague, visitor]);
  if (roll < 60 || mine.length === 0) return say(world, id, actor);
  const target = d.pick(mine);
  const body = { target: target.seq, ...(target.vseq === undefined ? {} : { vtarget: target.vseq }) };
  if (roll < 72) return edit(world, id, target, { ...body, text: `edited ${world.clock}` });
  if (roll < 78) return redact(world, id, target, body);
  if (roll < 86) return append(world, id, "seen", { side: d.pick(["visitor", "team"]), upto: d.below(10) }, actor);
  if (roll < 90) return append(world, id, "join", { agent: "a_ben", agent_name: "Ben", access: access() }, colleague);
  if (roll < 94) return append(world, id, "leave", { agent: "a_ben", agent_name: "Ben", access: access() }, colleague);
  if (roll < 97) return append(world, id, "assign", assigned(), me);
  hide(world, id);
}

function say(world: World, id: ConversationId, actor: Actor): void {
  const kind = actor.kind !== "visitor" && world.dice.chance(0.3) ? "note" : "message";
  append(world, id, kind, { text: `text ${world.clock}` }, actor);
  if (actor === me) world.answers.push({ type: "done", done: { events: [lastOf(world)], again: world.dice.chance(0.1) } });
}

function edit(world: World, id: ConversationId, target: Event, body: Bodies["edit"]): void {
  append(world, id, "edit", body, target.actor);
  change(world, id, target.seq, { ...(target.body as Bodies["message"]), text: body.text, edited: world.clock });
}

function redact(world: World, id: ConversationId, target: Event, body: Bodies["redact"]): void {
  append(world, id, "redact", body, target.actor);
  change(world, id, target.seq, { text: "", emptied: world.clock });
}

/** hide stores an event of a thread that this agent may not see: a number that will never come. */
function hide(world: World, id: ConversationId): void {
  append(world, id, "note", { text: "not for you" }, colleague);
  world.hidden.add(keyOf(lastOf(world)));
}

function change(world: World, id: ConversationId, seq: number, body: Bodies["message"]): void {
  world.log = world.log.map((e) => (e.conversation === id && e.seq === seq ? ({ ...e, body } as Event) : e));
}

function append<K extends Kind>(world: World, id: ConversationId, kind: K, body: Bodies[K], actor: Actor): void {
  world.clock += 1000;
  const before = eventsOf(world, id);
  const audience = kind === "note" || kind === "thread.started" ? "agents" : "all";
  const vseq = before.filter((e) => e.vseq !== undefined).length + 1;
  const event = {
    id: `e_${world.log.length}`,
    conversation: id,
    thread: `t_${id}`,
    seq: before.length + 1,
    kind,
    actor,
    audience,
    at: world.clock,
    body,
  };
  world.log.push((audience === "all" ? { ...event, vseq } : event) as Event);
}

/** send puts on the line what the server has not sent yet; unwatched conversations send one row for several events. */
function send(world: World): void {
  const rows = new Map<ConversationId, Delivery>();
  for (let pos = world.sent; pos < world.log.length; pos++) {
    const event = world.log[pos];
    if (event === undefined) continue;
    const id = event.conversation;
    if (!world.watched.has(id)) rows.set(id, { frame: { type: "row", row: rowOf(world, id) }, cursor: 0 });
    else if (!world.hidden.has(keyOf(event)))
      world.inFlight.push({ frame: { type: "event", cursor: String(pos + 1), event }, cursor: pos + 1 });
  }
  world.inFlight.push(...rows.values());
  world.sent = world.log.length;
}

function deliver(world: World): void {
  send(world);
  const delivery = world.inFlight.shift();
  if (delivery === undefined) return;
  take(world, { type: "frame", frame: delivery.frame });
  world.cursor = Math.max(world.cursor, delivery.cursor);
}

/** cut loses everything on the line; the client resumes from its cursor, or now and then is told to reset. */
function cut(world: World): void {
  world.inFlight = [];
  world.sent = world.cursor;
  if (!world.dice.chance(0.25)) return;
  world.sent = world.log.length;
  world.cursor = world.sent;
  take(world, { type: "inbox", list: "all", inbox: inboxOf(world) });
}

function watch(world: World, id: ConversationId): void {
  if (world.watched.has(id) && world.dice.chance(0.5)) {
    world.watched.delete(id);
    if (world.dice.chance(0.5)) take(world, { type: "closed", conversation: id });
    return;
  }
  send(world);
  world.watched.add(id);
  world.answers.push({ type: "opened", opened: openedOf(world, id) });
}

function readSome(world: World): void {
  const id = world.dice.pick(conversations);
  const seq = 1 + world.dice.below(eventsOf(world, id).length);
  take(world, { type: "read", conversation: id, seq });
}

/** ask lets the server answer, now, what the client would ask; the answer arrives later. */
function ask(world: World): void {
  for (const gap of gaps(world.state)) world.answers.push(newerOf(world, gap));
  for (const id of stale(world.state)) world.answers.push({ type: "opened", opened: openedOf(world, id) });
  const talk = [...world.state.talks.values()].find((t) => t.more && t.events.length > 0);
  if (talk === undefined) return;
  const before = talk.events[0]?.seq ?? 0;
  const all = visibleOf(world, talk.id).filter((e) => e.seq < before);
  world.answers.push({ type: "older", conversation: talk.id, before, page: { events: all.slice(-3), more: all.length > 3 } });
}

function answer(world: World): void {
  if (world.answers.length === 0) return;
  const [input] = world.answers.splice(world.dice.below(world.answers.length), 1);
  if (input !== undefined) take(world, input);
}

function take(world: World, input: Input): void {
  world.state = world.reduce(world.state, input);
}

/** heal ends all trouble: one more event each, a whole line, and every question of the client answered. */
function heal(world: World): void {
  for (const id of conversations) {
    append(world, id, "message", { text: "the end" }, visitor);
    if (world.dice.chance(0.3)) hide(world, id);
  }
  for (send(world); world.inFlight.length > 0;) deliver(world);
  while (world.answers.length > 0) answer(world);
  for (let round = 0; round < 5; round++) {
    for (const gap of gaps(world.state)) take(world, newerOf(world, gap));
    for (const id of stale(world.state)) take(world, { type: "opened", opened: openedOf(world, id) });
    for (const id of world.state.wanted.keys()) take(world, { type: "opened", opened: openedOf(world, id) });
  }
}

function newerOf(world: World, gap: Gap): Input {
  const events = visibleOf(world, gap.conversation).filter((e) => e.seq > gap.after);
  const page: EventPage = { events: events.slice(0, 4), more: events.length > 4 };
  return { type: "newer", gap, page };
}

/** visibleOf is what the agent may see of a conversation, as the server has it now. */
export function visibleOf(world: World, id: ConversationId): Event[] {
  return eventsOf(world, id).filter((e) => !world.hidden.has(keyOf(e)));
}

function eventsOf(world: World, id: ConversationId): Event[] {
  return world.log.filter((e) => e.conversation === id);
}

function keyOf(event: Event): string {
  return `${event.conversation}/${event.seq}`;
}

function lastOf(world: World): Event {
  const last = world.log.at(-1);
  if (last === undefined) throw new Error("world: nothing has happened");
  return last;
}

function openedOf(world: World, id: ConversationId): Opened {
  const events = visibleOf(world, id);
  return { cursor: String(world.log.length), row: rowOf(world, id, true), threads: [], events: events.slice(-4), more: events.length > 4 };
}

function inboxOf(world: World): Inbox {
  const rows = conversations.map((id) => rowOf(world, id, true));
  const agent = { id: "a_me", name: "Mia", email: "mia@example.com", role: "agent", status: "accepting", limit: 4, groups: ["g"] } as const;
  return {
    me: { ...agent, groups: ["g"] },
    cursor: String(world.log.length),
    counts: { my: 0, queue: 0, all: rows.length },
    rows,
    team: [],
    present: [],
    groups: [],
    sites: [],
    drafts: [],
    losses: [],
    signals: [],
    invitations: [],
  };
}

/** unreadIn is what the server would count as unread after a seq. */
export function unreadIn(world: World, id: ConversationId, read: number): number {
  return visibleOf(world, id).filter((e) => e.seq > read && (e.kind === "message" || e.kind === "note") && e.actor.id !== me.id).length;
}

/** rowOf is the row as the server has it: folded anew from all its events. */
export function rowOf(world: World, id: ConversationId, snapshot = false): Row {
  const events = eventsOf(world, id);
  const seen = (side: "visitor" | "team") =>
    events.reduce((most, e) => (e.kind === "seen" && e.body.side === side ? Math.max(most, e.body.upto) : most), 0);
  const row: Row = {
    conversation: {
      id,
      kind: "customer",
      head: events.length,
      vhead: events.filter((e) => e.vseq).length,
      seen_visitor: seen("visitor"),
      seen_team: seen("team"),
      last: lastLine(visibleOf(world, id)),
    },
    visitor: { id: "v_1", site: "s_1", name: "Vic", since: 0, seen: 0, conversation: id },
  };
  if (!snapshot) return row;
  const read = world.state.marks.get(id)?.read ?? 0;
  return { ...row, read, unread: unreadIn(world, id, read) };
}

function lastLine(events: Event[]): Row["conversation"]["last"] {
  const last = events.findLast((e) => e.kind === "message" || e.kind === "note");
  if (last === undefined || (last.kind !== "message" && last.kind !== "note")) return { seq: 0, kind: "", by: "", text: "", at: 0 };
  return {
    seq: last.seq,
    kind: last.kind,
    by: last.actor.kind,
    by_id: last.actor.id ?? "",
    name: last.actor.name ?? "",
    text: last.body.text,
    at: last.at,
  };
}

function access() {
  const value = { group: "g", policy: "open" as const };
  return { before: value, after: value };
}

function assigned(): Bodies["assign"] {
  return { lead: "a_me", lead_name: "Mia", why: "", cause: "take", waited_ms: 0, access: access() };
}
