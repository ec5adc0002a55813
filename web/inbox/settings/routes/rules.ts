/** Editing the ordered route rules. Pure: every function answers a new value. */
import type { Condition, Field, Op, RouteRule } from "$kit/rules.ts";
import type { GroupId } from "$kit/wire.ts";

export const fields: readonly Field[] = [
  "url",
  "host",
  "path",
  "query",
  "site",
  "referrer",
  "language",
  "country",
  "device",
  "visits",
  "data",
];

const texts: readonly Op[] = ["is", "prefix", "contains", "glob", "exists"];

/** opsOf are the comparisons that make sense for a field. */
export function opsOf(field: Field): readonly Op[] {
  switch (field) {
    case "site":
      return ["is"];
    case "language":
    case "country":
      return ["is", "exists"];
    case "visits":
      return ["is", "at_least", "at_most"];
    case "data":
    case "query":
      return [...texts, "at_least", "at_most"];
  }
  return texts;
}

/** keyed reports whether a field has parts with a name: custom data must name one, a query may. */
export function keyed(field: Field): boolean {
  return field === "data" || field === "query";
}

/** numeric reports whether a comparison is one of numbers. */
export function numeric(op: Op): boolean {
  return op === "at_least" || op === "at_most";
}

/** newCondition is what adding a condition begins with. */
export function newCondition(): Condition {
  return { field: "path", op: "prefix", values: [] };
}

/** withField changes what a condition looks at, and keeps of the rest what still makes sense. */
export function withField(c: Condition, field: Field): Condition {
  const kept = opsOf(field).includes(c.op) ? c.op : (opsOf(field)[0] ?? "is");
  const listed = (f: Field) => f === "site";
  const next: Condition = { field, op: kept, values: listed(field) === listed(c.field) ? (c.values ?? []) : [] };
  if (c.not) next.not = true;
  if (keyed(field) && keyed(c.field) && c.key) next.key = c.key;
  return next;
}

/** withOp changes the comparison; one that needs no value has none. */
export function withOp(c: Condition, op: Op, not: boolean): Condition {
  const { not: _, ...rest } = c;
  return { ...rest, op, values: op === "exists" ? [] : (c.values ?? []), ...(not ? { not: true } : {}) };
}

/** newRule is what adding a rule begins with. */
export function newRule(group: GroupId): RouteRule {
  return { id: "", name: "", when: [newCondition()], group };
}

/** moved puts a rule one place up (-1) or down (1); at an end nothing changes. */
export function moved<T>(rules: readonly T[], at: number, by: -1 | 1): T[] {
  const to = at + by;
  const rule = rules[at];
  if (rule === undefined || to < 0 || to >= rules.length) return [...rules];
  const rest = rules.filter((_, i) => i !== at);
  return [...rest.slice(0, to), rule, ...rest.slice(to)];
}

/** copied puts a copy right behind a rule; it is a new one. */
export function copied(rules: readonly RouteRule[], at: number, name: string): RouteRule[] {
  const rule = rules[at];
  return rule === undefined ? [...rules] : [...rules.slice(0, at + 1), { ...rule, id: "", name }, ...rules.slice(at + 1)];
}

/** replaced changes one of a list. */
export function replaced<T>(list: readonly T[], at: number, next: T): T[] {
  return list.map((old, i) => (i === at ? next : old));
}

/** without takes one off a list. */
export function without<T>(list: readonly T[], at: number): T[] {
  return list.filter((_, i) => i !== at);
}

/** RuleProblems is what would be refused in a rule, where it stands. */
export interface RuleProblems {
  name: boolean;
  group: boolean;
  /** By condition. */
  conditions: (ConditionProblem | null)[];
}

export type ConditionProblem = "key" | "value" | "number";

/** problemsOf finds what the server would refuse. */
export function problemsOf(rule: RouteRule, groups: readonly GroupId[]): RuleProblems {
  return { name: rule.name.trim() === "", group: !groups.includes(rule.group), conditions: rule.when.map(conditionProblem) };
}

/** conditionProblem is what is missing or wrong in a condition. */
export function conditionProblem(c: Condition): ConditionProblem | null {
  const values = c.values ?? [];
  if (c.field === "data" && !c.key?.trim()) return "key";
  if (c.op !== "exists" && values.length === 0) return "value";
  const numbers = numeric(c.op) || c.field === "visits";
  return numbers && c.op !== "exists" && values.some((v) => v.trim() === "" || Number.isNaN(Number(v))) ? "number" : null;
}

/** flawless reports whether a list of rules can be stored. */
export function flawless(rules: readonly RouteRule[], groups: readonly GroupId[]): boolean {
  return rules.every((rule) => {
    const p = problemsOf(rule, groups);
    return !p.name && !p.group && p.conditions.every((c) => c === null);
  });
}

/** shadowed are the places of rules that never decide, as one before matches everything. */
export function shadowed(rules: readonly RouteRule[]): number[] {
  const all = rules.findIndex((rule) => !rule.off && rule.when.length === 0);
  return all < 0 ? [] : rules.map((_, i) => i).filter((i) => i > all && !rules[i]?.off);
}

/** dataOf reads "key = value" lines of custom data. */
export function dataOf(text: string): Record<string, string> {
  const pairs = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map((line) => {
      const at = line.search(/[=:]/u);
      return at < 0 ? ([line, ""] as const) : ([line.slice(0, at).trim(), line.slice(at + 1).trim()] as const);
    });
  return Object.fromEntries(pairs.filter(([key]) => key !== ""));
}
