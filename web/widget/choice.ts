import type { Choice, Outgoing } from "$kit/outbox.ts";
import type { Ask, Event, Micros, Minutes, Readiness, Standing } from "$kit/wire.ts";
import { own, ownText } from "./bridge.ts";
import type { Session } from "./session.ts";

/** choose takes a group for the Thread that begins, or none; a message that waits for that word goes out with it. */
export function choose(s: Session, choice: Choice | undefined, key?: string): void {
  s.choice.value = choice;
  if (key !== undefined) s.box.value?.retry(key, choice && { choice });
}

/** takes reports whether a Group in that state takes a chat. */
export function takes(state: Readiness): boolean {
  return state === "online" || state === "online_for_queue";
}

/** askOf finds the message that waits for its author's word about its group. */
export function askOf(items: readonly Outgoing[]): { key: string; ask: Ask } | undefined {
  for (const { key, state, problem } of items) {
    const ask = state === "held" ? readAsk(own(problem?.data, "ask")) : undefined;
    if (ask !== undefined) return { key, ask };
  }
  return undefined;
}

/** readAsk believes nothing: the message has lain in the page's own storage. */
function readAsk(value: unknown): Ask | undefined {
  const chosen = readStanding(own(value, "chosen"));
  const others = own(value, "others");
  if (chosen === undefined) return undefined;
  return { chosen, others: Array.isArray(others) ? others.flatMap((s) => readStanding(s) ?? []) : [] };
}

const states: readonly string[] = ["online", "online_for_queue", "full", "offline"] satisfies Readiness[];

function readStanding(value: unknown): Standing | undefined {
  const [group, name, state] = [ownText(value, "group", 200), ownText(value, "name", 200), ownText(value, "state", 20)];
  const [opens, wait] = [Number(own(value, "opens_at")), readMinutes(own(value, "wait"))];
  if (group === "" || !states.includes(state)) return undefined;
  return {
    group,
    name,
    state: state as Readiness,
    ...(opens > 0 ? { opens_at: opens } : {}),
    ...(wait ? { wait } : {}),
  };
}

function readMinutes(value: unknown): Minutes | undefined {
  const [from, to] = [own(value, "from"), own(value, "to")];
  if (typeof from !== "number" || !(from >= 0)) return undefined;
  if (typeof to === "number" && to > from) return { from, to };
  return to === undefined && from > 0 ? { from } : undefined;
}

/** newer is a Standing as the site has it by now. */
export function newer(s: Standing, groups: readonly Standing[] | undefined): Standing {
  return groups?.find((g) => g.group === s.group) ?? s;
}

const keptMs = 10 * 60 * 1000;

/** goesOn reports whether the next message reopens a Thread that the visitor had left: then there is nothing to choose. */
export function goesOn(events: readonly Event[], now: Micros): boolean {
  const last = events.findLast((e) => e.kind === "thread.closed");
  return last?.kind === "thread.closed" && last.body.reason === "abandoned" && now - last.at < keptMs * 1000;
}
