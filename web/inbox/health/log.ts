/** What became of an alert, in words. */
import type { Alerted } from "$kit/push-api.ts";
import { times } from "../texts";
import { h, known } from "./words";

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

/** stepText is a step with what the server says of it: nobody to call or all called already, why no e-mail went out, or no reason at all where it was taken. */
function stepText({ step, at, names = [], reason = "" }: Step): string {
  const told = { step: h(`log.step.${step}`), time: times.time(at) };
  if (reason === "nobody" || reason === "already") return h(`log.step.${reason}`, told);
  if (reason !== "") return h("log.step.not", { ...told, reason: reasonText(reason) });
  return step === "mail" ? h("log.step.sent", told) : h("log.step.called", { ...told, whom: names.join(", ") });
}

/** What is no code is a sentence about what the mail server did. */
function reasonText(reason: string): string {
  const key = `log.reason.${reason}`;
  return known(key) ? h(key) : reason;
}
