/** The facts of a talk in words. */
import type { Fact } from "./lines.ts";
import { s } from "./words.ts";

/** NameOf is somebody's name of today; then is what he was called. */
export type NameOf = (id: string, then: string) => string;

/** factText says what happened; "" where there is nothing to say. */
export function factText(event: Fact, kind: "channel" | "direct", nameOf: NameOf): string {
  const by = event.actor.kind === "system" ? "" : nameOf(event.actor.id ?? "", event.actor.name ?? "");
  switch (event.kind) {
    case "talk.created":
      if (kind === "direct") return "";
      return by === "" || event.body.policy === "crew" ? s("fact.group") : s("fact.created", { by });
    case "talk.archived":
      if (event.body.cause === "group_deleted") return s("fact.group-deleted");
      return s(event.body.on ? "fact.archived" : "fact.unarchived", { by });
    case "talk.joined":
    case "talk.left":
      return moved(event, by, nameOf);
    case "talk.changed":
      return changed(event, by);
    case "pin":
      return s(event.body.on ? "fact.pinned" : "fact.unpinned", { by });
  }
}

function moved(event: Extract<Fact, { kind: "talk.joined" | "talk.left" }>, by: string, nameOf: NameOf): string {
  const { agents, names } = event.body;
  const came = event.kind === "talk.joined";
  if (agents.length === 1 && agents[0] === event.actor.id) return s(came ? "fact.joined" : "fact.left", { by });
  const who = agents.map((id, i) => nameOf(id, names[i] ?? "")).join(", ");
  if (by === "") return s("fact.gone", { who });
  return s(came ? "fact.added" : "fact.removed", { by, who });
}

function changed({ body }: Extract<Fact, { kind: "talk.changed" }>, by: string): string {
  if (body.policy !== body.was) return s(body.policy === "named" ? "fact.closed" : "fact.opened", { by });
  if (!body.name) return body.topic ? s("fact.topic", { by, topic: body.topic }) : s("fact.topic.none", { by });
  return body.topic ? s("fact.changed.topic", { by, name: body.name, topic: body.topic }) : s("fact.changed", { by, name: body.name });
}
