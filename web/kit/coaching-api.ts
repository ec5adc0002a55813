import type { Call } from "./api.ts";
import type { components } from "./api.gen.ts";
import type { AgentId, ConversationId, Event, ThreadId } from "./wire.ts";

type Sent = components["schemas"];

/** Quote is lines as their reader may see them now. */
export interface Quote {
  open: boolean;
  visitor?: string;
  events: Event[];
}

type Quoted<T> = Omit<T, "quote" | "$schema"> & { quote: Quote };
export type Moment = Quoted<Sent["QuotedMoment"]>;
export type Feedback = Quoted<Sent["QuotedFeedback"]>;
export type Example = Quoted<Sent["QuotedExample"]>;
export type Shadow = Omit<Quoted<Sent["PairedShadow"]>, "real"> & { real?: Event };
export type Coaching = Omit<Sent["CoachingView"], "$schema">;

export type FeedbackKind = "praise" | "improve" | "wrong";
export type FeedbackAct = "give" | "see" | "answer" | "accept" | "dispute" | "reply" | "settle" | "withdraw";
export type Grade = "good" | "close" | "off";
export type Scope = "own" | "group" | "team";

/** Stretch is which lines are meant. */
export interface Stretch {
  conversation: ConversationId;
  from: number;
  to: number;
}

export interface NewFeedback {
  moment?: string;
  agent?: AgentId;
  kind?: FeedbackKind;
  text?: string;
  suggestion?: string;
}

export interface NewExample {
  conversation: ConversationId;
  thread?: ThreadId;
  from?: number;
  to?: number;
  title: string;
  why?: string;
  scope: Scope;
  group?: string;
}

/** coaching are the operations of learning from each other's chats. */
export function coaching(call: Call) {
  const one = (noun: string, id: string, act = "") => `/v1/${noun}/${encodeURIComponent(id)}${act}`;
  return {
    coaching: () => call<Coaching>("GET", "/v1/coaching"),
    setCoaches: (coaches: AgentId[]) => call<void>("PUT", "/v1/coaching/coaches", { body: { coaches } }),
    setPeers: (group: string, peers: boolean) => call<void>("PUT", one("admin/groups", group, "/peers"), { body: { peers } }),
    moments: (before?: string) => call<{ moments: Moment[]; more: boolean }>("GET", "/v1/moments", { query: { before } }),
    markMoment: (key: string, lines: Stretch, kind?: FeedbackKind, word = "") =>
      call<{ moment: Moment; again: boolean }>("POST", "/v1/moments", { body: { key, ...lines, word, ...(kind ? { kind } : {}) } }),
    deleteMoment: (id: string) => call<void>("DELETE", one("moments", id)),
    feedback: (side: "received" | "given", before?: string) =>
      call<{ feedback: Feedback[]; more: boolean }>("GET", "/v1/feedback", { query: { side, before } }),
    draftFeedback: (key: string, draft: NewFeedback & Partial<Stretch>) =>
      call<{ feedback: Feedback; again: boolean }>("POST", "/v1/feedback", { body: { key, ...draft } }),
    changeFeedback: (id: string, change: Pick<NewFeedback, "kind" | "text" | "suggestion">) =>
      call<Feedback>("PATCH", one("feedback", id), { body: change }),
    actOnFeedback: (id: string, key: string, act: FeedbackAct, text = "") =>
      call<{ feedback: Feedback; again: boolean }>("POST", one("feedback", id, "/act"), { body: { key, act, text } }),
    examples: (before?: string) => call<{ examples: Example[]; next?: string }>("GET", "/v1/examples", { query: { before } }),
    makeExample: (key: string, example: NewExample) =>
      call<{ example: Example; again: boolean }>("POST", "/v1/examples", { body: { key, ...example } }),
    consentToExample: (id: string, yes: boolean) => call<Example>("POST", one("examples", id, "/consent"), { body: { yes } }),
    deleteExample: (id: string) => call<void>("DELETE", one("examples", id)),
    shadows: (side: "mine" | "grade", before?: string) =>
      call<{ shadows: Shadow[]; more: boolean }>("GET", "/v1/shadows", { query: { side, before } }),
    writeShadow: (key: string, conversation: ConversationId, seq: number, text: string, coach: AgentId) =>
      call<{ shadow: Shadow; again: boolean }>("POST", "/v1/shadows", {
        body: { key, conversation, seq, text, ...(coach ? { coach } : {}) },
      }),
    askForGrade: (id: string, coach: AgentId) => call<Shadow>("PATCH", one("shadows", id), { body: { coach } }),
    gradeShadow: (id: string, grade: Grade, word = "") => call<Shadow>("POST", one("shadows", id, "/grade"), { body: { grade, word } }),
    deleteShadow: (id: string) => call<void>("DELETE", one("shadows", id)),
  };
}
