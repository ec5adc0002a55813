import type { components } from "./api.gen.ts";
import type { Call } from "./api.ts";

/** Reach is whether alerts arrive, and why not. */
export type Reach = components["schemas"]["Reach"];

/** MyReach is that of me, device by device. */
export type MyReach = components["schemas"]["MyReach"];
export type JudgedDevice = components["schemas"]["JudgedDevice"];

/** PageWord is what an open page says of itself. */
export type PageWord = components["schemas"]["PageWord"];

/** reachApi are the operations about whether alerts arrive. They are asked for by screens and pages that are loaded later. */
export function reachApi(call: Call) {
  return {
    mine: () => call<MyReach>("GET", "/v1/alerts/devices"),
    say: (word: PageWord, signal: AbortSignal) => call<void>("PUT", "/v1/alerts/page", { body: word, signal }),
    leave: (page: string) => call<void>("DELETE", `/v1/alerts/page/${encodeURIComponent(page)}`),
    check: (agent: string) => call<{ alert: string }>("POST", `/v1/agents/${encodeURIComponent(agent)}/check`),
  };
}
