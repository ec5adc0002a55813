import type { components } from "./api.gen.ts";
import type { Call } from "./api.ts";

/** PushState is whether, and with which key, this device can be pushed to. */
export type PushState = components["schemas"]["PushState"];

/** Pushed is the body of a push. */
export type Pushed = components["schemas"]["Pushed"];

/** push are the operations about reaching this device without an open page. */
export function push(call: Call) {
  return {
    pushState: () => call<PushState>("GET", "/v1/push"),
    subscribe: (subscription: PushSubscriptionJSON) => call<void>("POST", "/v1/push", { body: subscription }),
    unsubscribe: () => call<void>("DELETE", "/v1/push"),
  };
}
