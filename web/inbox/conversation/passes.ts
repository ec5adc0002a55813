/** What the lines about passing a Conversation on, and about what is promised then, say. Pure. */
import type { EventOfKind, Target } from "$kit/wire.ts";
import { type MoveText, type Names, type Who, because } from "./moves";

type More = NonNullable<MoveText["more"]>;
type Passed = EventOfKind<"transfer" | "transfer.ended" | "hold" | "promise.due" | "promise.ended">;

/** passText says in words what passing on did. */
export function passText(event: Passed, names: Names, who: Who): MoveText {
  switch (event.kind) {
    case "transfer": {
      const { body } = event;
      const params = { by: who(body.transfer.by, body.by_name), name: toName(body.transfer.to, names, body.to_name) };
      return { key: "move.transfer", params, why: "", more: travels({ ...body, reason: body.transfer.reason }, body.transfer.to, names) };
    }
    case "transfer.ended":
      return ended(event.body, names, who);
    case "hold":
      return held(event, names, who);
    case "promise.due":
      return { key: `move.promise.due.${event.body.stage}`, params: { when: names.when(event.body.promise.due) }, why: "" };
    case "promise.ended":
      if (event.body.how === "cancelled") return { key: "move.promise.cancelled", params: {}, ...because(event.body) };
      return { key: event.body.late ? "move.promise.kept.late" : "move.promise.kept", params: {}, why: "" };
  }
}

/** toName is what the target of a transfer is called to the team. */
export function toName(to: Target, names: Names, name = ""): string {
  if (to.kind === "agent") return names.agent(to.agent ?? "") || name || names.nobody;
  return to.kind === "anyone" ? names.anyone(to.group) : names.group(to.group);
}

function ended(body: EventOfKind<"transfer.ended">["body"], names: Names, who: Who): MoveText {
  const asked = toName(body.to, names);
  const more: More = body.reason ? [{ key: "pass.reason", params: { text: body.reason } }] : [];
  if (body.how === "expired" && body.to.kind !== "agent") return { key: "move.transfer.expired.group", params: { name: asked }, why: "" };
  const name = body.agent ? who(body.agent, body.agent_name) : asked;
  return { key: `move.transfer.${body.how}`, params: { name }, why: "", more };
}

function held(event: EventOfKind<"hold">, names: Names, who: Who): MoveText {
  const { body } = event;
  const params = { by: who(body.promise.by, body.by_name), name: toName(body.to, names, body.to_name), when: names.when(body.due) };
  const more: More = [
    ...(body.way === "mail" && body.email ? [{ key: "move.hold.email" as const, params: { email: body.email } }] : []),
    ...travels(body, body.to, names),
    ...othersOf(body).map((part) => ({ key: `move.hold.other.${part}` as const, params: {} })),
    ...(body.deviation ? [{ key: "move.hold.deviation" as const, params: { text: body.deviation } }] : []),
  ];
  const there = body.deviated?.includes("there") ? (".there" as const) : "";
  return { key: `move.hold.${body.way}${there}`, params, why: "", more };
}

/** othersOf is in what it is held otherwise than decided: before that was kept it could be the way alone. */
function othersOf({ deviated, deviation }: EventOfKind<"hold">["body"]) {
  return deviated ?? (deviation ? (["way"] as const) : []);
}

interface Travels {
  reason?: string | undefined;
  summary?: string;
  promised?: string;
  answers?: Record<string, string>;
}

/** travels is everything that a colleague is told with it, each a sentence. */
export function travels({ reason, summary, promised, answers }: Travels, to: Target, names: Names): More {
  return [
    ...(reason ? [{ key: "pass.reason" as const, params: { text: names.reason(to.group, reason) } }] : []),
    ...(summary ? [{ key: "pass.summary" as const, params: { text: summary } }] : []),
    ...(promised ? [{ key: "pass.promised" as const, params: { text: promised } }] : []),
    ...Object.entries(answers ?? {}).map(([question, answer]) => ({ key: "pass.answer" as const, params: { question, answer } })),
  ];
}
