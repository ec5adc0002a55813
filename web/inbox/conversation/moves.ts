import type { Why } from "$kit/sentence.ts";
import type { EventOfKind } from "$kit/wire.ts";
import type { TextKey } from "../texts";
import { passText } from "./passes";
import type { Move } from "./timeline";

type Params = Record<string, string | number>;

/** MoveText is the key and the names of a move's one muted line; with the server's own words about why, where it has some that say more. */
export interface MoveText extends Why {
  key: TextKey;
  params: Params;
  /** What else is worth saying, each a sentence. */
  more?: { key: TextKey; params: Params }[];
  /** Who would have been chosen instead: the server's words name him, and say what speaks for him. */
  runner?: Why;
}

/** Names is who and what the ids of an event stand for; nobody is the word for a person without a name. */
export interface Names {
  nobody: string;
  agent: (id: string) => string;
  group: (id: string) => string;
  /** Anyone else of a group. */
  anyone: (group: string) => string;
  /** A moment, as it is said now. */
  when: (at: number) => string;
  /** What a playbook calls a reason. */
  reason: (group: string, code: string) => string;
}

/** moveText says in words what a move did. */
export function moveText(event: Move, names: Names): MoveText {
  const who = (id: string | undefined, name = "") => name || names.agent(id ?? "") || names.nobody;
  const plain = (key: TextKey, params: Params = {}, why: Partial<Why> = {}): MoveText => ({ key, params, ...because(why) });
  switch (event.kind) {
    case "thread.started":
      return started(event, names);
    case "thread.reopened":
      return plain("move.reopened", { name: event.actor.name || names.nobody });
    case "thread.requeued":
      return requeued(event, who);
    case "thread.closed":
      return plain(`move.closed.${event.body.reason}`, { name: event.actor.name || names.nobody });
    case "assign":
      return assigned(event, who);
    case "join":
    case "leave":
      return plain(`move.${event.kind}`, { name: who(event.body.agent, event.body.agent_name || event.actor.name) });
    case "offer":
      if (event.body.by)
        return plain("move.offer.by", { name: who(event.body.agent, event.body.agent_name), by: who(event.body.by, event.actor.name) });
      return withRunner(plain("move.offer", { name: who(event.body.agent, event.body.agent_name) }, event.body), event.body, who);
    case "offer.ended":
      return plain(`move.offer.${event.body.how}`, { name: who(event.body.agent, event.body.agent_name) });
    case "thread.idle":
      return plain("move.idle");
    case "thread.woke":
      return plain(event.body.over ? "move.woke.over" : "move.woke", { name: who(event.body.lead) });
    case "reply.due":
      return plain("move.due", { name: who(event.body.agent, event.body.agent_name) });
    case "alarm":
      if (event.body.cause === "hops") return plain("move.alarm.hops");
      return plain("move.alarm", { n: event.body.round }, event.body);
    case "transfer":
    case "transfer.ended":
    case "hold":
    case "promise.due":
    case "promise.ended":
      return passText(event, names, who);
    case "mail.offered":
      return plain(`move.mail.${event.body.cause}`);
    case "mail.answered":
      if (!event.body.accepted) return plain("move.mail.declined");
      return event.body.email ? plain("move.mail.accepted.to", { email: event.body.email }) : plain("move.mail.accepted");
    case "lead.back":
      return plain("move.back", { name: who(event.body.agent, event.body.agent_name) });
    case "back.asked":
      return plain("move.back.asked", { name: who(event.body.agent, event.body.agent_name) });
    case "back.waived":
      return plain("move.back.waived", { name: who(event.body.agent, event.body.agent_name) });
    case "promise.passed":
      return promised(event, who);
    case "thread.moved":
      return moved(event, names, who);
    case "handed":
      return handed(event, names, who);
    case "invite":
      return invited(event, names, who);
    case "invite.ended":
      return inviteEnded(event, who);
    case "role":
      return plain(`move.role.${event.body.role || "none"}`, { name: who(event.body.agent, event.body.agent_name) });
    case "trust":
      return plain(event.body.until ? "move.trust" : "move.trust.over", { name: who(event.body.agent, event.body.agent_name) });
    case "visitor.signed":
      return plain(`move.${event.kind}`, { sub: event.body.sub });
    case "person.linked":
      if (event.actor.kind === "system") return plain("move.person.linked.signed", {});
      return plain(`move.${event.kind}`, { name: event.actor.name || names.nobody });
    case "person.unlinked":
      return plain(`move.${event.kind}`, { name: event.actor.name || names.nobody });
    case "grant":
    case "grant.ended":
      return granted(event, names, who);
    case "side.asked": {
      const params = { name: event.actor.name || names.nobody, to: event.body.asks?.name ?? names.nobody };
      if (event.body.emptied) return plain("move.side.gone", params);
      return plain("move.side.asked", { ...params, text: [...event.body.text].slice(0, 300).join("") });
    }
    case "side.ended":
      if (event.body.how === "group_deleted") return plain("move.side.lost");
      return plain("move.side.ended", { name: event.actor.name || names.nobody });
    case "thread.policy":
      return plain(`move.policy.${event.body.policy}`);
    case "help":
      return help(event, who);
    case "help.taken":
      return plain("move.help.taken", { name: who(event.body.by, event.body.by_name) });
    case "help.returned":
      return plain(`move.help.returned.${event.body.how}`, { name: who(event.body.by, event.body.by_name) });
    case "help.cleared":
      return plain(event.body.how === "answer" ? "move.help.answered" : "move.help.settled", {
        name: who(event.body.by, event.body.by_name),
      });
  }
}

function granted(event: EventOfKind<"grant" | "grant.ended">, names: Names, who: Who): MoveText {
  const { agent, agent_name: name } = event.body;
  const params = { name: who(agent, name), by: event.actor.name || names.nobody };
  const left = event.kind === "grant.ended" && event.actor.id === agent;
  return { key: left ? "move.grant.left" : `move.${event.kind}`, params, why: "" };
}

/** sentences joins what is said; whatever is followed by more ends as a sentence does. */
export function sentences(parts: readonly string[], followed: boolean): string {
  return parts.map((part, i) => ((i < parts.length - 1 || followed) && !/[.!?:。؟]\s*$/u.test(part) ? `${part}.` : part)).join(" ");
}

/** because is the reason in a body alone; of what says none, none. */
export function because({ why = "", because: said }: Partial<Why>): Why {
  return { why, ...(said ? { because: said } : {}) };
}

export type Who = (id: string | undefined, name?: string) => string;

function started(event: EventOfKind<"thread.started">, names: Names): MoveText {
  const { number, group, placement } = event.body;
  const params = { name: event.actor.name || names.nobody, n: number };
  const began: TextKey = event.actor.kind === "agent" ? "move.started.agent" : number > 1 ? "move.started.again" : "move.started";
  const text: MoveText = { key: began, params, why: "" };
  if (!placement?.why || placement.cause === "default") return text;
  return { ...text, ...because(placement), more: [{ key: "move.placed", params: { group: names.group(group) } }] };
}

/** The causes whose words name the one who led it before. */
const leftBy = new Set(["disabled", "lost", "gone", "missed_reply", "woke", "sign_out", "handover"]);

function requeued(event: EventOfKind<"thread.requeued">, who: Who): MoveText {
  const { cause, by, by_name: name, previous } = event.body;
  if (cause === "agent") return { key: "move.requeued.agent", params: { name: who(by, name) }, why: "" };
  if (leftBy.has(cause)) return { key: `move.requeued.${cause}`, params: { name: who(previous) }, why: "" };
  return { key: "move.requeued", params: {}, ...because(event.body) };
}

/** By whom a lead passes where no person takes it himself; other causes are for a later version to know. */
const passed: Readonly<Record<string, TextKey>> = {
  route: "move.assign.route",
  accept: "move.assign.accept",
  promote: "move.assign.promote",
  give: "move.assign.give",
  handover: "move.assign.handover",
  handover_in_chat: "move.assign.handover_in_chat",
  takeover: "move.assign.takeover",
  transfer: "move.assign.transfer",
};

function assigned(event: EventOfKind<"assign">, who: Who): MoveText {
  const { body } = event;
  const name = who(body.lead, body.lead_name);
  const more: MoveText["more"] = [
    ...(body.reason ? [{ key: "move.takeover.reason" as const, params: { reason: body.reason } }] : []),
    ...(body.over ? [{ key: "move.over" as const, params: {} }] : []),
    ...(body.cause === "take" && body.skipped ? [{ key: "move.skipped" as const, params: { n: body.skipped } }] : []),
  ];
  return withRunner({ ...assignedBy(event, name, who), ...(more.length > 0 ? { more } : {}) }, body, who);
}

function assignedBy(event: EventOfKind<"assign">, name: string, who: Who): MoveText {
  const { cause, waited_ms: waited, previous } = event.body;
  const minutes = Math.round(waited / 60_000);
  if (cause === "take") return { key: minutes === 0 ? "move.take.soon" : "move.take", params: { name, n: minutes }, why: "" };
  // Who takes over or accepts is the actor himself: he has it from who led before.
  const by =
    event.actor.kind === "agent" && cause !== "takeover" && cause !== "transfer" ? who(event.actor.id, event.actor.name) : who(previous);
  const key = passed[cause] ?? "move.assign";
  // A person's own act needs no reason of the router's; and who accepted was told why when it was offered: the line above says it.
  return { key, params: { name, by }, ...because(/^(accept|give|handover_in_chat|takeover|transfer)$/u.test(cause) ? {} : event.body) };
}

function invited(event: EventOfKind<"invite">, names: Names, who: Who): MoveText {
  const { invite, agent, agent_name: name, group, note } = event.body;
  const by = event.actor.kind === "agent" ? who(event.actor.id, event.actor.name) : "";
  const more = note ? { more: [{ key: "move.invite.note" as const, params: { note } }] } : {};
  if (invite) return { key: "move.invite.next", params: { name: who(agent, name) }, ...because(event.body) };
  if (group) return { key: "move.invite.group", params: { by, group: names.group(group) }, why: "", ...more };
  return { key: "move.invite", params: { by, name: who(agent, name) }, why: "", ...more };
}

function inviteEnded(event: EventOfKind<"invite.ended">, who: Who): MoveText {
  const { agent, agent_name: name, how, reason } = event.body;
  const more = reason ? { more: [{ key: "move.moved.reason" as const, params: { reason } }] } : {};
  return { key: `move.invite.${how}`, params: { name: who(agent, name) }, ...because(how === "nobody" ? event.body : {}), ...more };
}

function help(event: EventOfKind<"help">, who: Who): MoveText {
  const { cause, reason = "", by, by_name: name } = event.body;
  const params = { name: by ? who(by, name) : "", reason };
  if (cause !== "asked") return { key: `move.help.${cause}`, params, why: "" };
  return { key: reason === "" ? "move.help.asked" : "move.help.asked.why", params, why: "" };
}

function promised(event: EventOfKind<"promise.passed">, who: Who): MoveText {
  const { owner, owner_name: name } = event.body;
  const by = event.actor.name || who(event.actor.id);
  return {
    key: owner ? "move.promise.passed" : "move.promise.passed.group",
    params: { by, name: who(owner, name) },
    ...because(event.body),
  };
}

function moved(event: EventOfKind<"thread.moved">, names: Names, who: Who): MoveText {
  const { body } = event;
  const params = { group: body.group_name || names.group(body.group), from: names.group(body.from), by: who(body.by, body.by_name) };
  const text: MoveText = body.by ? { key: "move.moved.by", params, why: "" } : { key: "move.moved", params, ...because(body) };
  if (body.agent) Object.assign(text, { key: "move.moved.to", params: { ...params, name: who(body.agent, body.agent_name) } });
  const more = saidOf(body, body.group, names);
  return more.length > 0 ? { ...text, more } : text;
}

/** saidOf is the reason and the answers with which somebody passed it on. */
function saidOf(body: { reason?: string; answers?: Record<string, string> }, group: string, names: Names): NonNullable<MoveText["more"]> {
  return [
    ...(body.reason ? [{ key: "move.moved.reason" as const, params: { reason: names.reason(group, body.reason) } }] : []),
    ...Object.entries(body.answers ?? {}).map(([question, answer]) => ({ key: "pass.answer" as const, params: { question, answer } })),
  ];
}

function handed({ body }: EventOfKind<"handed">, names: Names, who: Who): MoveText {
  const params = { by: who(body.by, body.by_name), name: who(body.to.agent, body.to_name), group: names.group(body.to.group) };
  const key = body.from === body.to.group ? "move.handed" : "move.handed.group";
  return { key, params, why: "", more: saidOf(body, body.to.group, names) };
}

function withRunner(text: MoveText, body: { runner_up?: { agent: string } & Why }, who: Who): MoveText {
  const runner = body.runner_up;
  return runner ? { ...text, runner: runner.why ? because(runner) : { why: who(runner.agent) } } : text;
}
