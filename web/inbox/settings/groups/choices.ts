/** What can be chosen about a Group, each with what it means. */
import type { Class, Line, Method } from "$kit/rules.ts";
import type { Policy } from "$kit/wire.ts";
import { w } from "../words";

export const classes: readonly Class[] = ["first", "normal", "last", "supervisor"];

function described<T extends string>(prefix: "line" | "policy" | "method", values: readonly T[], words: (key: string) => string) {
  return values.map((value) => ({ value, title: words(`${prefix}.${value}`), hint: words(`${prefix}.${value}.hint`) }));
}

const words = w as (key: string) => string;

/** lines are the two ways of working of a Group. */
export function lines() {
  return described<Line>("line", ["end_to_end", "first_line"], words);
}

/** policies are who may read a Group's chats. */
export function policies() {
  return described<Policy>("policy", ["open", "group", "lead"], words);
}

/** methods are the ways of sharing out. */
export function methods() {
  return described<Method>("method", ["least_busy", "round_robin", "ring_all", "pull"], words);
}
