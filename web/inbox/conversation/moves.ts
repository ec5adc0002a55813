import type { Move } from "./timeline";

/** MoveText is the key and the names of a move's one muted line. */
export interface MoveText {
  key:
    | "move.started"
    | "move.started.again"
    | "move.started.agent"
    | "move.reopened"
    | "move.requeued.agent"
    | "move.requeued.disabled"
    | "move.requeued"
    | "move.closed.resolved"
    | "move.closed.ended"
    | "move.closed.abandoned"
    | "move.take"
    | "move.take.soon"
    | "move.assign"
    | "move.join"
    | "move.leave";
  params: Record<string, string | number>;
  /** The server's own words about why, where it has some that say more. */
  why: string;
}

/**
 * moveText says in words what a move did; nobody is the word for an actor
 * without a name, nameOf knows the team.
 */
export function moveText(event: Move, nobody: string, nameOf: (agent: string) => string = () => ""): MoveText {
  const name = event.actor.name || nobody;
  switch (event.kind) {
    case "thread.started":
      if (event.actor.kind === "agent") return { key: "move.started.agent", params: { name, n: event.body.number }, why: "" };
      return { key: event.body.number > 1 ? "move.started.again" : "move.started", params: { name, n: event.body.number }, why: "" };
    case "thread.reopened":
      return { key: "move.reopened", params: { name }, why: "" };
    case "thread.requeued": {
      const { cause, by_name: by, previous, why } = event.body;
      if (cause === "agent") return { key: "move.requeued.agent", params: { name: by || nobody }, why: "" };
      if (cause === "disabled") return { key: "move.requeued.disabled", params: { name: nameOf(previous) || nobody }, why: "" };
      return { key: "move.requeued", params: {}, why: why ?? "" };
    }
    case "thread.closed":
      return { key: `move.closed.${event.body.reason}`, params: { name }, why: "" };
    case "assign": {
      const minutes = Math.round(event.body.waited_ms / 60_000);
      if (event.body.cause === "take")
        return { key: minutes === 0 ? "move.take.soon" : "move.take", params: { name: event.body.lead_name || name, n: minutes }, why: "" };
      return { key: "move.assign", params: { name: event.body.lead_name || name }, why: event.body.why };
    }
    case "join":
      return { key: "move.join", params: { name: event.body.agent_name || name }, why: "" };
    case "leave":
      return { key: "move.leave", params: { name: event.body.agent_name || name }, why: "" };
  }
}
