/** What is typed into the dialog that passes a Conversation on, what is wrong with it, and what is sent. Pure. */
import type { HeldPart, NewHold, NewMove, NewPass, PassTo } from "$kit/pass-api.ts";
import { type HeldWay, type PlaybookQuestion, type TransferChapter, playbookDefaults } from "$kit/playbook-api.ts";
import type { AgentId, Group, GroupId, Micros, Thread, ThreadId } from "$kit/wire.ts";
import { dueAfter } from "./due";
import type { Option } from "./options";

/** Way is how it goes on: somebody is asked and the lead keeps it, it goes into a queue, or it is held for who is not there. */
export type Way = "ask" | "queue" | "hold";

/** Pass is what the agent has chosen and typed. Nothing of it is lost when he chooses another target. */
export interface Pass {
  thread: ThreadId;
  /** The key of the chosen Option; "" = nobody yet. */
  target: string;
  /** As a member of which group the colleague is asked; "" = as it is proposed. */
  as: GroupId;
  /** How it goes on where that is a choice: into the queue of a group at once, or held though somebody could be asked. */
  how: "" | "queue" | "hold";
  /** One of the playbook's codes, and own words where it has none. */
  code: string;
  words: string;
  summary: string;
  promised: string;
  answers: Record<string, string>;
  /** null: as the playbook proposes. */
  say: string | null;
  drop: AgentId[];
  /** null: as the present group's line has it. */
  stay: boolean | null;
  held: HeldWay | null;
  /** 0: as the group has decided. */
  due: Micros;
  email: string | null;
  deviation: string;
  /** The seq of the transfer that it was sent with; 0 = it was not sent. */
  sent: number;
  /** The visitor has read the line for who is asked: it is not said again. */
  told: boolean;
}

/** newPass is an empty one. */
export function newPass(thread: ThreadId): Pass {
  return {
    thread,
    target: "",
    as: "",
    how: "",
    code: "",
    words: "",
    summary: "",
    promised: "",
    answers: {},
    say: null,
    drop: [],
    stay: null,
    held: null,
    due: 0,
    email: null,
    deviation: "",
    sent: 0,
    told: false,
  };
}

/** Facts are what the dialog knows besides what is typed. */
export interface Facts {
  option: Option;
  thread: Thread;
  chapter: TransferChapter;
  /** The present group, and the one that then has it. */
  own: Group | undefined;
  next: Group | undefined;
  email: string;
  /** Who passes it on takes part, so he may write to the visitor. */
  writes: boolean;
  /** He leads it or oversees, so he may take it from its lead: have it held, or put it into a queue. */
  hosts: boolean;
  now: Micros;
}

/** Said is what the server has answered about a target since the list was loaded: that somebody is there, or that nobody is. */
export interface Said {
  key: string;
  there: boolean;
}

/** asSaid is a target as it stands by the server's last word. */
export function asSaid(option: Option, said: Said | null): Option {
  if (said?.key !== option.key || said.there === (option.stand !== "absent")) return option;
  return { ...option, stand: said.there ? "full" : "absent" };
}

/** emptyChapter is the chapter of a group that has written nothing. */
export const emptyChapter: TransferChapter = { held: {} };

/** chapterFor is what a group asks of who passes a chat to a target: of anyone who has it before him already, nothing. */
export function chapterFor({ kind }: Pick<Option, "kind">, chapter: TransferChapter): TransferChapter {
  return kind === "anyone" ? { held: chapter.held } : chapter;
}

/** From so many passages on a reason is needed; as chat.HopsReason. */
export const hopsReason = 2;
/** The longest time that a promise may take, in microseconds; as chat.MaxHeldDue. */
const longest = 60 * 24 * 3_600_000_000;

/** How near two times are that are one to people, in microseconds; as chat.sameDue. */
const sameDue = 60_000_000;

/** waysOf are the ways that are a choice: who is there is asked, who is not has it held, and who hosts it may do otherwise. */
export function waysOf({ option, thread, hosts }: Pick<Facts, "option" | "thread" | "hosts">): Way[] {
  if (thread.state !== "active") return ["queue"];
  const ways: Way[] = option.stand === "absent" ? ["hold"] : ["ask"];
  if (!hosts) return ways;
  if (option.stand !== "absent") ways.push("hold");
  if (option.kind === "group") ways.push("queue");
  return ways;
}

/** wayOf is how it goes on. */
export function wayOf(pass: Pass, facts: Pick<Facts, "option" | "thread" | "hosts">): Way {
  const ways = waysOf(facts);
  return ways.find((way) => way === pass.how) ?? ways[0] ?? "ask";
}

/** barredOf is why it cannot go that way: it would be taken from its lead, who is not asked. */
export function barredOf(pass: Pass, facts: Pick<Facts, "option" | "thread" | "hosts">): "held" | null {
  return wayOf(pass, facts) === "hold" && !facts.hosts ? "held" : null;
}

/** ringsOf is whom a group rings for a chat that is passed to it, by how it shares its chats out: "" where that is not known. */
export function ringsOf(group: Group | undefined): "all" | "turn" | "" {
  if (group === undefined) return "";
  const method = group.rules?.distribution?.method;
  return method === "pull" || method === "ring_all" ? "all" : "turn";
}

/** heldOf is how it is held: as the group has decided, else as chosen, else it waits. */
export function heldOf(pass: Pass, chapter: TransferChapter): HeldWay {
  return pass.held ?? chapter.held.way ?? "wait";
}

/** deviatedOf is in what it is held otherwise than the group has decided, or that somebody is there: each needs a reason. */
export function deviatedOf(pass: Pass, facts: Pick<Facts, "option" | "chapter" | "writes" | "next" | "now">): HeldPart[] {
  const { option, chapter, writes } = facts;
  const { held } = chapter;
  const parts: [HeldPart, boolean][] = [
    ["there", option.stand === "free" || option.stand === "full"],
    ["way", held.way !== undefined && heldOf(pass, chapter) !== held.way],
    ["due", (held.due ?? 0) > 0 && Math.abs(dueOf(pass, facts) - dueOf({ ...pass, due: 0 }, facts)) >= sameDue],
    ["say", writes && flat(held.say ?? "") !== "" && flat(sayOf(pass, chapter, "hold")) !== flat(held.say ?? "")],
  ];
  return parts.filter(([, other]) => other).map(([part]) => part);
}

function flat(text: string): string {
  return text.trim().replace(/\s+/gu, " ");
}

/** dueOf is when the answer is due: as typed, else after so much of the group's opening hours. */
export function dueOf(pass: Pass, { chapter, next, now }: Pick<Facts, "chapter" | "next" | "now">): Micros {
  return pass.due || dueAfter(next?.rules?.hours, now, chapter.held.due || playbookDefaults.due);
}

/** proposedOf is the line for the visitor that the playbook has: once he has read who is asked, that is not said again. */
export function proposedOf(pass: Pass, chapter: TransferChapter, way: Way): string {
  if (way === "hold") return chapter.held.say ?? "";
  return way === "ask" && !pass.told ? (chapter.say ?? "") : "";
}

/** sayOf is the line for the visitor: as typed, else as the playbook proposes. */
export function sayOf(pass: Pass, chapter: TransferChapter, way: Way): string {
  return pass.say ?? proposedOf(pass, chapter, way);
}

/** emailOf is the visitor's address: as typed, else as he gave it. */
export function emailOf(pass: Pass, given: string): string {
  return (pass.email ?? given).trim();
}

/** staysOf is whether who passes it on watches afterwards: a first line does, so that it learns the answer. */
export function staysOf(pass: Pass, own: Group | undefined): boolean {
  return pass.stay ?? own?.rules?.line === "first_line";
}

/** hasCodes reports whether the reason is one of the playbook's own. */
export function hasCodes(chapter: TransferChapter): boolean {
  return (chapter.reasons ?? []).length > 0;
}

/** reasonOf is the code where the playbook has any, else the agent's own words. */
export function reasonOf(pass: Pass, chapter: TransferChapter): string {
  if (!hasCodes(chapter)) return pass.words.trim();
  return chapter.reasons?.some((r) => r.code === pass.code) ? pass.code : "";
}

/** questionsOf are those that belong to the reason. */
export function questionsOf(chapter: TransferChapter, reason: string): PlaybookQuestion[] {
  return (chapter.questions ?? []).filter((q) => (q.reasons ?? []).length === 0 || q.reasons?.includes(reason));
}

/** asksWhy is why a reason is needed, or null; the way it goes makes no difference. */
export function asksWhy({
  chapter,
  thread,
  own,
  option,
}: Pick<Facts, "chapter" | "own"> & { thread: Pick<Thread, "passed" | "group">; option: Pick<Option, "group"> }):
  "codes" | "again" | "line" | null {
  if (hasCodes(chapter)) return "codes";
  if ((thread.passed?.length ?? 0) >= hopsReason) return "again";
  return own?.rules?.line === "end_to_end" && option.group !== thread.group ? "line" : null;
}

/** Problem is what is wrong with a field. */
export type Problem =
  | { field: "email"; what: "missing" | "wrong" }
  | { field: "reason"; what: "codes" | "again" | "line" | "back" }
  | { field: "question"; id: string }
  | { field: "deviation" }
  | { field: "due"; what: "past" | "far" };

/** problemsOf finds what the server would refuse. */
export function problemsOf(pass: Pass, facts: Facts): Problem[] {
  const way = wayOf(pass, facts);
  const reason = reasonOf(pass, facts.chapter);
  const found: Problem[] = [];
  const asks = asksWhy(facts);
  if (asks !== null && reason === "") found.push({ field: "reason", what: asks });
  const { agent } = facts.option;
  if (reason !== "" && agent && facts.thread.passed?.some((p) => p.by === agent.agent && p.reason === reason))
    found.push({ field: "reason", what: "back" });
  for (const q of questionsOf(facts.chapter, reason)) {
    if (q.required && (pass.answers[q.id] ?? "").trim() === "") found.push({ field: "question", id: q.id });
  }
  return way === "hold" ? [...found, ...heldProblems(pass, facts)] : found;
}

function heldProblems(pass: Pass, facts: Facts): Problem[] {
  const found: Problem[] = [];
  if (deviatedOf(pass, facts).length > 0 && pass.deviation.trim() === "") found.push({ field: "deviation" });
  if (pass.due !== 0 && pass.due <= facts.now) found.push({ field: "due", what: "past" });
  if (pass.due - facts.now > longest) found.push({ field: "due", what: "far" });
  const email = emailOf(pass, facts.email);
  if (heldOf(pass, facts.chapter) === "mail" && email === "") found.push({ field: "email", what: "missing" });
  else if (heldOf(pass, facts.chapter) === "mail" && !isEmail(email)) found.push({ field: "email", what: "wrong" });
  return found;
}

/** isEmail is whether a text looks like an address; the server looks closer. */
export function isEmail(text: string): boolean {
  return /^[^\s@]+@[^\s@]+\.[^\s@.]+$/u.test(text);
}

/** saidOf is the reason and the answers, which every way takes along. */
function saidOf(pass: Pass, chapter: TransferChapter): Pick<NewPass, "reason" | "answers"> {
  const reason = reasonOf(pass, chapter);
  const answers = Object.fromEntries(
    questionsOf(chapter, reason)
      .map((q) => [q.id, (pass.answers[q.id] ?? "").trim()])
      .filter(([, text]) => text !== ""),
  );
  return { ...(reason === "" ? {} : { reason }), ...(Object.keys(answers).length === 0 ? {} : { answers }) };
}

/** moveOf is what is sent to put it into the queue of a group. */
export function moveOf(pass: Pass, { option, chapter }: Pick<Facts, "option" | "chapter">): NewMove {
  return { group: option.group, ...saidOf(pass, chapter) };
}

/** bodyOf is what is sent to ask somebody. */
export function bodyOf(pass: Pass, facts: Facts): NewPass {
  const way = wayOf(pass, facts);
  const { option, chapter, thread, own } = facts;
  const drop = thread.members.filter((m) => pass.drop.includes(m));
  const say = facts.writes ? sayOf(pass, chapter, way).trim() : "";
  const body: NewPass = { to: toOf(option), ...saidOf(pass, chapter) };
  if (pass.summary.trim() !== "") body.summary = pass.summary.trim();
  if (pass.promised.trim() !== "") body.promised = pass.promised.trim();
  if (say !== "") body.say = say;
  if (drop.length > 0) body.drop = drop;
  if (way === "ask" && staysOf(pass, own)) body.stay = true;
  return body;
}

/** holdOf is what is sent to hold it for somebody; sure says that his absence beyond the time is known. */
export function holdOf(pass: Pass, facts: Facts, sure: boolean): NewHold {
  const way = heldOf(pass, facts.chapter);
  const hold: NewHold = { ...bodyOf(pass, facts), way };
  if (pass.due !== 0) hold.due = pass.due;
  if (way === "mail") hold.email = emailOf(pass, facts.email);
  if (deviatedOf(pass, facts).length > 0) hold.deviation = pass.deviation.trim();
  if (sure) hold.sure = true;
  return hold;
}

function toOf({ kind, agent, group }: Option): PassTo {
  if (kind === "anyone") return { kind };
  if (kind === "group") return { kind, group };
  return { kind, agent: agent?.agent ?? "", ...(group === "" ? {} : { group }) };
}
