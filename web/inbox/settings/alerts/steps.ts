/** What is typed about the steps of alerts. Pure. */
import type { Escalating } from "$kit/push-api.ts";

export const stepNames = ["push", "colleague", "lead", "mail"] as const;
export type StepName = (typeof stepNames)[number];

/** The latest that a step may come, in seconds; as chat.Escalation says. */
export const latest: Record<StepName, number> = { push: 600, colleague: 86_400, lead: 86_400, mail: 86_400 };

/** isMisordered reports whether a step comes no later than one before it. */
export function isMisordered(kind: Escalating): boolean {
  let before = 0;
  for (const step of stepNames) {
    if (kind[step] > 0 && kind[step] <= before) return true;
    before = Math.max(before, kind[step]);
  }
  return false;
}
