/** How a target stands, in words. */
import type { Micros } from "$kit/wire.ts";
import { loadText, statusText, t, whenText } from "../texts";
import type { Option } from "./options";
import { w } from "./words";

/** standText is how a target stands now: "free · 2 of 4", "closed · opens Mon 09:00". */
export function standText(option: Option, now: Micros): string {
  const parts = option.agent
    ? agentParts(option, now)
    : option.kind === "anyone"
      ? [w(`anyone.${option.stand === "asked" ? "full" : option.stand}`)]
      : groupParts(option, now);
  return parts.filter((part) => part !== "").join(" · ");
}

function agentParts({ agent, stand }: Option, now: Micros): string[] {
  if (agent === undefined) return [];
  const places = loadText(agent.load, agent.limit);
  const status = agent.status === "accepting" ? "" : statusText(agent, (at) => whenText(at, now));
  return [
    agent.lost && agent.status !== "offline" ? w("agent.lost") : w(`agent.${stand}`),
    status,
    stand === "absent" ? "" : t("load.of", places),
    agent.gave ? w("agent.gave") : "",
  ];
}

function groupParts({ state, stand }: Option, now: Micros): string[] {
  if (state === undefined) return [];
  const waiting = state.waiting > 0 ? t("board.waiting", { n: state.waiting }) : "";
  if (stand === "absent") {
    const opens = state.opens_at ? w("group.opens", { when: whenText(state.opens_at, now) }) : "";
    return [state.closed ? w("group.closed") : w("group.nobody"), opens, waiting];
  }
  const { low_s: low, high_s: high } = state.wait;
  return [
    w("group.places", { n: state.slots }),
    waiting,
    stand === "full" && high
      ? w("group.wait", { low: Math.max(1, Math.round((low ?? 0) / 60)), high: Math.max(1, Math.round(high / 60)) })
      : "",
    state.closes_at && state.closes_at - now < 2 * 3_600_000_000 ? w("group.closes", { when: whenText(state.closes_at, now) }) : "",
  ];
}

/** nameText is what a target is called. */
export function nameText(option: Option): string {
  return option.kind === "anyone" ? w("anyone", { group: option.name }) : option.name;
}
