/** What became of an alert, in words. */
import type { Alerted } from "$kit/push-api.ts";
import { times } from "../texts";
import { type HealthKey, h } from "./words";

type Step = Alerted["steps"][number];

/** becameOf is each thing that happened to an alert after it was decided, in order: pushed or held back, passed on, over. */
export function becameOf({ alert, steps }: Alerted): string[] {
  const { hush, pushed_at: pushed = 0, ended_at: ended = 0, end } = alert;
  const told: [number, string][] = steps.map((step) => [step.at, stepText(step)]);
  if (pushed > 0) told.push([pushed, h("log.pushed", { time: times.time(pushed) })]);
  if (ended > 0 && end !== undefined) told.push([ended, h(`log.${end}`, { time: times.time(ended) })]);
  const all = told.sort(([a], [b]) => a - b).map(([, text]) => text);
  return hush === undefined ? all : [h(`log.hush.${hush}`), ...all];
}

function stepText({ step, at, names = [], reason = "" }: Step): string {
  const time = times.time(at);
  const whom = names.join(", ");
  if (reason !== "") return h("log.step.not", { step: h(`log.step.${step}`), time, reason });
  const key: HealthKey = whom === "" ? "log.step.nobody" : "log.step.called";
  return h(key, { step: h(`log.step.${step}`), time, whom });
}
