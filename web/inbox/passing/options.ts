/** To whom a Conversation can be passed on, and how each stands now. Pure. */
import type { Suggestion, TargetAgent, TargetGroup, Targets } from "$kit/targets-api.ts";
import type { AgentId, GroupId, Thread } from "$kit/wire.ts";
import { matching } from "../shell/commands";

/** Stand is what asking would meet: somebody it rings, somebody who takes none and is asked all the same, a full group, or nobody. */
export type Stand = "free" | "full" | "asked" | "absent";

/** Option is one target. */
export interface Option {
  key: string;
  kind: "agent" | "group" | "anyone";
  section: "suggested" | "anyone" | "agents" | "groups";
  name: string;
  /** Which group has it then; "" where the server finds it. */
  group: GroupId;
  stand: Stand;
  agent?: TargetAgent;
  /** The group itself, or that of anyone. */
  state?: TargetGroup;
  suggestion?: Suggestion;
  /** Why it is no target. */
  bar?: "lead" | "except" | "here" | "empty" | "nowhere" | "out" | "into" | "held";
}

/** optionsOf lists the targets: what is suggested, anyone else here, colleagues, groups; in each who can take it first. */
export function optionsOf(targets: Targets, thread: Thread, me: AgentId, hosts: boolean): Option[] {
  const active = thread.state === "active";
  const held = (option: Option): Option =>
    active && !hosts && option.bar === undefined && option.stand === "absent" ? { ...option, bar: "held" } : option;
  const agents = targets.agents.filter((a) => a.agent !== me).map((a) => held(agentOption(a, thread)));
  const groups = targets.groups.map((g) => held(active ? { ...groupOption(g), stand: askedStand(g) } : groupOption(g)));
  const here = targets.groups.find((g) => g.group === thread.group);
  const anyone = here === undefined || !active ? [] : [held(anyoneOption(here))];
  const asked = active ? agents : [];
  const suggested = targets.suggestions.flatMap((suggestion) => {
    const found = suggestion.agent
      ? asked.find((o) => o.key === agentKey(suggestion.agent))
      : groups.find((o) => o.group === suggestion.group);
    return found === undefined || found.bar !== undefined ? [] : [{ ...found, section: "suggested" as const, suggestion }];
  });
  const rest = [...anyone, ...asked.sort(byStand), ...groups.sort(byStand)];
  return [...suggested, ...rest.filter((o) => !suggested.some((s) => s.key === o.key))];
}

function agentKey(id: AgentId | undefined): string {
  return `agent ${id}`;
}

/** agentOption is a colleague as a target. */
export function agentOption(agent: TargetAgent, thread: Thread): Option {
  const stand = agent.takes ? (agent.room ? "free" : "full") : agent.present && agent.status !== "offline" ? "asked" : "absent";
  const group = agent.groups.includes(thread.group) ? thread.group : (agent.groups[0] ?? "");
  const option: Option = { key: agentKey(agent.agent), kind: "agent", section: "agents", name: agent.name, group, stand, agent };
  return agent.bar === undefined ? option : { ...option, bar: agent.bar };
}

/** groupOption is a group as a target. */
export function groupOption(state: TargetGroup): Option {
  const option: Option = {
    key: `group ${state.group}`,
    kind: "group",
    section: "groups",
    name: state.name,
    group: state.group,
    stand: standOf(state),
    state,
  };
  return state.bar === undefined ? option : { ...option, bar: state.bar };
}

function standOf(group: TargetGroup): Stand {
  if (group.state === "offline") return "absent";
  return group.free > 0 ? "free" : "full";
}

/** askedStand is how a group stands for a chat that is passed on: its lead, who passes it on, and the group's supervisors are not asked. */
function askedStand({ state, askable, ask_free: free }: TargetGroup): Stand {
  if (state === "offline" || askable === 0) return "absent";
  return free > 0 ? "free" : "full";
}

/** anyoneOption is anybody of the Thread's own group who could take it. */
function anyoneOption(state: TargetGroup): Option {
  return { key: "anyone", kind: "anyone", section: "anyone", name: state.name, group: state.group, stand: askedStand(state), state };
}

const order: readonly Stand[] = ["free", "full", "asked", "absent"];

/** byStand puts first who can take it at once. */
export function byStand(a: Option, b: Option): number {
  const barred = Number(a.bar !== undefined) - Number(b.bar !== undefined);
  return barred || order.indexOf(a.stand) - order.indexOf(b.stand) || a.name.localeCompare(b.name);
}

/** found are the options in which every word that is typed begins a word: of the name, a group or a topic; names first. */
export function found(options: readonly Option[], query: string, groupName: (id: GroupId) => string): Option[] {
  const words = options.map((option) => ({
    id: option.key,
    group: "people" as const,
    label: option.name,
    detail: [...(option.agent?.groups.map(groupName) ?? []), ...(option.agent?.topics ?? [])].join(" · "),
    run: () => undefined,
  }));
  const byKey = new Map(options.map((o) => [o.key, o]));
  return matching(words, query).flatMap((c) => byKey.get(c.id) ?? []);
}
