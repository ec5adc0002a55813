/** A Group as its settings edit it. Pure. */
import type { GroupChange, GroupRules, ManagedGroup, Membership, Method } from "$kit/rules.ts";
import type { Etiquette } from "$kit/wire.ts";
import type { GroupPart } from "../../route";
import { same } from "../draft.svelte";
import { hoursProblem } from "./hours";

/** GroupForm is what of a Group is edited together and saved together. */
export interface GroupForm {
  name: string;
  policy: ManagedGroup["policy"];
  names: Record<string, string>;
  private: boolean;
  stub: boolean;
  rules: GroupRules;
  etiquette: Etiquette;
  members: Membership[];
}

/** formOf reads a Group into a form. */
export function formOf(group: ManagedGroup): GroupForm {
  return {
    name: group.name,
    policy: group.policy,
    names: group.names ?? {},
    private: group.private ?? false,
    stub: group.stub ?? false,
    rules: group.rules ?? {},
    etiquette: group.etiquette ?? {},
    members: group.members.map((m) => ({ agent: m.agent, class: m.class ?? "normal" })),
  };
}

/** changeOf is what of a form has to be stored; null where only the members differ, or nothing. */
export function changeOf(before: GroupForm, after: GroupForm): GroupChange | null {
  const change: Record<string, unknown> = {};
  for (const field of ["name", "policy", "names", "private", "stub", "rules", "etiquette"] as const) {
    if (!same(before[field], after[field])) change[field] = after[field];
  }
  return Object.keys(change).length === 0 ? null : tidy(change as GroupChange);
}

/** A name of spaces is none. */
function tidy(change: GroupChange): GroupChange {
  const next = { ...change };
  if (next.name !== undefined) next.name = next.name.trim();
  if (next.names) {
    next.names = Object.fromEntries(
      Object.entries(next.names)
        .map(([tag, name]) => [tag, name.trim()] as const)
        .filter(([, name]) => name !== ""),
    );
  }
  return next;
}

/** changedParts are the screens of the Group on which something is not saved. */
export function changedParts(before: GroupForm, after: GroupForm): Set<GroupPart> {
  const found = new Set<GroupPart>();
  const { hours: h1, share: s1, line: l1, ...d1 } = before.rules;
  const { hours: h2, share: s2, line: l2, ...d2 } = after.rules;
  const about = ({ name, policy, names, private: p, stub }: GroupForm) => ({ name, policy, names, p, stub });
  if (!same(about(before), about(after)) || !same(l1, l2)) found.add("about");
  if (!same(before.members, after.members)) found.add("members");
  if (!same(h1 ?? null, h2 ?? null)) found.add("hours");
  if (!same(d1, d2)) found.add("distribution");
  if (!same(s1 ?? {}, s2 ?? {})) found.add("agreement");
  if (!same(before.etiquette, after.etiquette)) found.add("watching");
  return found;
}

/** partsWrong are the screens of the Group on which something would be refused. */
export function partsWrong(form: GroupForm): Set<GroupPart> {
  const found = new Set<GroupPart>();
  if (form.name.trim() === "") found.add("about");
  if (hoursProblem(form.rules.hours)) found.add("hours");
  return found;
}

/** methodOf is how a Group shares out; nothing set is least busy. */
export function methodOf(rules: GroupRules): Method {
  return rules.distribution?.method ?? "least_busy";
}

/** Feel is a sentence about what a setting is like, and the span in it. */
export interface Feel {
  who: "agent" | "visitor";
  key:
    | "feel.agent.pull"
    | "feel.agent.ring_all"
    | "feel.agent.offered"
    | "feel.agent.direct"
    | "feel.visitor.pull"
    | "feel.visitor.ring_all"
    | "feel.visitor.offered"
    | "feel.visitor.direct"
    | "feel.visitor.skills"
    | "feel.visitor.skills.always"
    | "feel.visitor.mail";
  seconds: number;
}

/** feelOf tells what an agent and a visitor will experience. */
export function feelOf(rules: GroupRules, timing: { offer: number; reply: number; max_wait: number }): Feel[] {
  const method = methodOf(rules);
  const way = method === "pull" || method === "ring_all" ? method : rules.distribution?.direct ? "direct" : "offered";
  const skills = rules.distribution?.skill_wait ?? 0;
  const feels: Feel[] = [
    { who: "agent", key: `feel.agent.${way}`, seconds: way === "direct" ? timing.reply : timing.offer },
    { who: "visitor", key: `feel.visitor.${way}`, seconds: 0 },
  ];
  if (method === "round_robin" || method === "least_busy") {
    const always = skills < 0;
    feels.push({ who: "visitor", key: always ? "feel.visitor.skills.always" : "feel.visitor.skills", seconds: skills || 60 });
  }
  feels.push({ who: "visitor", key: "feel.visitor.mail", seconds: timing.max_wait });
  return feels;
}

/** sentences are the parts of an agreement, in the order in which they are read. */
export const sentences = ["most", "oldest_first", "no_cherry_picking", "break_after", "ahead"] as const;
export type Sentence = (typeof sentences)[number];

/** What a sentence with a number begins with when it is agreed; break_after in seconds. */
const begins = { most: 3, break_after: 90 * 60, ahead: 3 } as const;

/** agreed puts a sentence into an agreement or takes it out; a number it has had is given back by `number`. */
export function agreed(rules: GroupRules, sentence: Sentence, on: boolean, number?: number): GroupRules {
  const { [sentence]: _, ...rest } = rules.share ?? {};
  const { share: __, ...others } = rules;
  const value = sentence === "oldest_first" || sentence === "no_cherry_picking" ? true : (number ?? begins[sentence]);
  const share = on ? { ...rest, [sentence]: value } : rest;
  return Object.keys(share).length === 0 ? others : { ...others, share };
}
