import { addEvent, addOlder, newTalk, replace, type Talk } from "./talk.ts";
import type { Down, Event, MailOffer, Micros, Queued, Signal, VisitorDone, VisitorView } from "./wire.ts";

/** VisitorState is everything that the widget knows of its one Conversation; seq in it is vseq. */
export interface VisitorState {
  /** undefined before the first message. */
  talk: Talk | undefined;
  /** A sitting is open. */
  open: boolean;
  /** The name of who answers; "" while nobody does. */
  lead: string;
  typing: Signal | undefined;
  /** Where he stands while he waits. */
  queue: Place | undefined;
  mail: MailOffer | undefined;
}

/** Place is what a waiting visitor is shown. */
export interface Place extends Queued {
  /** The lowest position that he was told: one behind it is not shown, since he would not know why. */
  least?: number | undefined;
}

export type VisitorInput =
  | { type: "view"; view: VisitorView }
  | { type: "older"; before: number; view: VisitorView }
  | { type: "done"; done: VisitorDone }
  | { type: "frame"; frame: Down }
  | { type: "tick"; now: Micros };

/** emptyVisitor is the state before anything is known. */
export function emptyVisitor(): VisitorState {
  return { talk: undefined, open: false, lead: "", typing: undefined, queue: undefined, mail: undefined };
}

/** reduceVisitor is the state after an input. It is pure; an event twice is one event; hasGap(talk) asks for the snapshot. */
export function reduceVisitor(state: VisitorState, input: VisitorInput): VisitorState {
  switch (input.type) {
    case "view":
      return viewed(state, input.view);
    case "older":
      return state.talk === undefined ? state : { ...state, talk: addOlder(state.talk, input.before, input.view.events, input.view.more) };
    case "done":
      return input.done.events.reduce(addTo, started(state, input.done));
    case "frame":
      return framed(state, input.frame);
    case "tick":
      return state.typing !== undefined && state.typing.expires <= input.now ? { ...state, typing: undefined } : state;
  }
}

function viewed(shown: VisitorState, view: VisitorView): VisitorState {
  const state = stillIn(shown, view.visitor.conversation);
  const head = view.events.at(-1)?.seq ?? 0;
  const fresh: Talk = {
    ...newTalk(view.visitor.conversation, view.events, head, view.more),
    seenVisitor: view.seen_visitor,
    seenTeam: view.seen_team,
  };
  const talk = replace(state.talk, fresh);
  const later = talk.events.filter((e) => e.seq > head);
  return later.reduce(story, {
    ...state,
    talk,
    open: view.open,
    lead: view.lead ?? "",
    queue: placed(state.queue, view.queue),
    mail: view.mail,
  });
}

/** stillIn is the state, and an empty one where the visitor goes on in another of his conversations. */
function stillIn(state: VisitorState, conversation: string): VisitorState {
  return state.talk === undefined || state.talk.id === conversation ? state : emptyVisitor();
}

/** started gives the first answer a Talk to stand in. A visitor's events count from 1, so nothing can be missing before. */
function started(state: VisitorState, done: VisitorDone): VisitorState {
  if (state.talk !== undefined) return state;
  return { ...state, talk: newTalk(done.visitor.conversation, [], 0, false) };
}

function framed(state: VisitorState, frame: Down): VisitorState {
  if (frame.type === "event") return addTo(state, frame.event);
  if (frame.type === "signal" && frame.signal.kind === "typing") return { ...state, typing: frame.signal.on ? frame.signal : undefined };
  if (frame.type === "signal" && frame.signal.kind === "queue")
    return { ...state, queue: placed(state.queue, frame.signal.on ? (frame.signal.data ?? {}) : undefined) };
  if (frame.type === "gone") return emptyVisitor();
  return state;
}

/** placed is what to show of a place: the range alone where the number would have risen. */
function placed(former: Place | undefined, told: Queued | undefined): Place | undefined {
  if (told === undefined) return undefined;
  const least = former?.group === told.group ? former?.least : undefined;
  const { position, ...range } = told;
  if (position === undefined || (least !== undefined && position > least)) return { ...range, least };
  return { ...told, least: position };
}

function addTo(state: VisitorState, event: Event): VisitorState {
  if (state.talk === undefined) return state;
  const talk = addEvent(state.talk, event);
  return talk === state.talk ? state : story({ ...state, talk }, event);
}

/** story is who answers and whether the sitting is open, as the event leaves it. */
function story(state: VisitorState, event: Event): VisitorState {
  switch (event.kind) {
    case "message":
      return { ...state, open: true, typing: event.actor.kind === "visitor" ? state.typing : undefined };
    case "assign":
      return { ...state, open: true, lead: event.body.lead_name, queue: undefined, mail: undefined };
    case "thread.requeued":
    case "thread.moved":
      return { ...state, open: true, lead: "", typing: undefined, queue: {} }; // He waits; where, the next signal tells.
    case "hold":
      return { ...state, open: true, lead: "", typing: undefined, queue: undefined }; // He has a promise instead of a place.
    case "mail.offered":
      return { ...state, mail: { offered: event.body.cause } };
    case "mail.answered":
      return answered(state, event.body.accepted);
    case "leave":
      return event.body.agent_name === state.lead ? { ...state, lead: "" } : state;
    case "thread.closed":
      return { ...state, open: false, lead: "", typing: undefined, queue: undefined, mail: undefined };
    default:
      return state;
  }
}

/** answered is after the visitor's word about an answer by e-mail: who wants it waits no more. */
function answered(state: VisitorState, accepted: boolean): VisitorState {
  const mail: MailOffer = { offered: state.mail?.offered ?? "asked", answered: true, accepted };
  return { ...state, mail, queue: accepted ? undefined : state.queue };
}
