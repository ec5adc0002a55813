import type { AgentId, ConversationId, Event, EventOfKind, GroupId, Micros, Thread } from "./wire.ts";

/** SideState is where a side-talk is. */
export type SideState = "open" | "answered" | "used" | "withdrawn" | "over";

/** SideTalk is a question to colleagues about a customer's conversation; answers come back as notes. */
export interface SideTalk {
  /** Of its side.asked. */
  seq: number;
  by: AgentId;
  /** The colleague or the group that was asked. */
  agent?: AgentId;
  group?: GroupId;
  /** Where the question stands. */
  talk: ConversationId;
  message: number;
  /** The beginning of the question. */
  text?: string;
  at: Micros;
  /** When the asker is offered a line for the visitor; told is when the visitor had it. */
  due: Micros;
  told?: Micros;
  answers?: number;
  /** The note of the newest answer. */
  last?: number;
  answered?: Micros;
  answerers?: AgentId[];
  /** The note of the newest further question; it waits as long as last is before it. */
  further?: number;
  used?: Micros;
  ended?: Micros;
  how?: string;
}

/** SideAsked is of whom a question asks. */
export interface SideAsked {
  agent?: AgentId;
  group?: GroupId;
  name: string;
  talk: ConversationId;
  message: number;
  due: Micros;
}

/** SideAnswer is where a note comes from that was an answer in a talk. */
export interface SideAnswer {
  side: number;
  talk: ConversationId;
  seq: number;
  /** How many files stand under it in the talk. */
  files?: number;
  /** On what is no answer but a further question: when its author is offered a line for the visitor. */
  due?: Micros;
}

/** SideLeft is what a side-talk has when one of its notes was taken back. */
export interface SideLeft {
  side: number;
  answers?: number;
  last?: number;
  answered?: Micros;
  answerers?: AgentId[];
  further?: number;
}

/** SideCard stands on a question in a talk. */
export interface SideCard {
  conversation: ConversationId;
  state: SideState;
  answerers?: AgentId[];
}

export interface SideCarded {
  target: number;
  card: SideCard;
}

export interface SideChanged {
  side: number;
  how?: string;
  note?: number;
}

/** Blind is whom a question asks who may not see the conversation; may_grant: the asker may let him. */
export interface Blind {
  agents: AgentId[];
  may_grant: boolean;
}

/** sideState is where a side-talk is, as internal/chat has it. */
export function sideState(side: SideTalk): SideState {
  if (side.ended) return side.how === "closed" ? "over" : "withdrawn";
  if ((side.further ?? 0) > (side.last ?? 0)) return "open";
  if (side.used) return "used";
  return side.answers ? "answered" : "open";
}

/** sidesOf is what changes of the side-talks alone, as internal/chat has it. */
export function sidesOf(t: Thread, event: Event): { side_talks?: SideTalk[] | undefined } | undefined {
  switch (event.kind) {
    case "side.asked":
      return event.body.asks === undefined ? undefined : { side_talks: [...(t.side_talks ?? []), asked(event, event.body.asks)] };
    case "side.ended":
      return changed(t, event.body.side, (s) => ended(s, event.at, event.body.how ?? ""));
    case "side.used":
      return changed(t, event.body.side, (s) => ({ ...s, used: event.at }));
    case "side.told":
      return changed(t, event.body.side, (s) => ({ ...s, told: event.at }));
    case "note":
      return event.body.answer === undefined ? undefined : changed(t, event.body.answer.side, (s) => answered(s, event));
    case "redact":
      return event.body.side === undefined ? undefined : withoutOne(t, event.body.side);
    default:
      return undefined;
  }
}

/** closedSides are over with their thread. */
export function closedSides(t: Thread, at: Micros): SideTalk[] | undefined {
  return t.side_talks?.map((s) => ended(s, at, "closed"));
}

function asked(event: EventOfKind<"side.asked">, { agent, group, talk, message, due }: SideAsked): SideTalk {
  const text = [...event.body.text].slice(0, previewLength).join("");
  const who = { ...(agent ? { agent } : {}), ...(group ? { group } : {}) };
  const by = event.actor.kind === "agent" ? (event.actor.id ?? "") : "";
  return { seq: event.seq, by, ...who, talk, message, ...(text ? { text } : {}), at: event.at, due };
}

const previewLength = 200;
const mostAnswerers = 20;

function changed(t: Thread, seq: number, change: (s: SideTalk) => SideTalk): { side_talks: SideTalk[] | undefined } {
  return { side_talks: t.side_talks?.map((s) => (s.seq === seq ? change(s) : s)) };
}

function ended(side: SideTalk, at: Micros, how: string): SideTalk {
  const { text, ...rest } = side;
  const kept = text === undefined || how === "taken_back" ? rest : side;
  return kept.ended ? kept : { ...kept, ended: at, ...(how ? { how } : {}) };
}

function answered(side: SideTalk, note: EventOfKind<"note">): SideTalk {
  const due = note.body.answer?.due;
  if (due) return askedFurther(side, note.seq, due);
  const by = note.actor.kind === "agent" ? (note.actor.id ?? "") : "";
  const known = side.answerers ?? [];
  const answerers = known.includes(by) || known.length >= mostAnswerers ? known : [...known, by];
  return { ...side, answers: (side.answers ?? 0) + 1, last: note.seq, answered: side.answered || note.at, answerers };
}

/** withoutOne is what is left when something of it was taken back. Without an answer none is in a reply any more. */
function withoutOne(t: Thread, { side, ...left }: SideLeft): { side_talks: SideTalk[] | undefined } {
  return changed(t, side, ({ answers: _a, last: _l, answered: _at, answerers: _by, further: _f, used, ...rest }) => ({
    ...rest,
    ...(used && left.answers ? { used } : {}),
    ...left,
  }));
}

function askedFurther(side: SideTalk, note: number, due: Micros): SideTalk {
  const { used: _used, told, ...rest } = side;
  if (sideState(side) !== "open") return { ...rest, due, further: note };
  return { ...rest, ...(told ? { told } : {}), further: note };
}
