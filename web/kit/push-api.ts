import type { components } from "./api.gen.ts";
import type { Call } from "./api.ts";

/** PushState is whether, and with which key, this device can be pushed to. */
export type PushState = components["schemas"]["PushState"];

/** Pushed is the body of a push. */
export type Pushed = components["schemas"]["Pushed"];

/** AlertLog is the newest alerts of mine and what became of each on each device. */
export type AlertLog = components["schemas"]["AlertLog"];
export type Alerted = components["schemas"]["Alerted"];
export type AlertWishes = components["schemas"]["AlertWishes"];

/** HookView is what may be shown of a group's webhook, HookChange how it is to be. */
export type HookView = components["schemas"]["HookView"];
export type HookChange = components["schemas"]["HookBody"];

/** Escalating is after how many seconds alerts of a kind are pushed and passed on. */
export type Escalating = components["schemas"]["Escalating"];

/** DeadAlert is what of alerts was given up. */
export type DeadAlert = components["schemas"]["DeadAlert"];

/** push are the operations about reaching this device without an open page. */
export function push(call: Call) {
  return {
    pushState: () => call<PushState>("GET", "/v1/push"),
    subscribe: (subscription: PushSubscriptionJSON) => call<void>("POST", "/v1/push", { body: subscription }),
    unsubscribe: () => call<void>("DELETE", "/v1/push"),
    alerts: () => call<AlertLog>("GET", "/v1/alerts"),
    testAlert: () => call<{ alert: string }>("POST", "/v1/alerts/test", { body: {} }),
    alertShown: (alert: string) => call<void>("POST", `/v1/alerts/${encodeURIComponent(alert)}/shown`),
    alertSeen: (alert: string) => call<void>("POST", `/v1/alerts/${encodeURIComponent(alert)}/seen`),
    alertWishes: () => call<AlertWishes>("GET", "/v1/alerts/wishes"),
    setAlertWishes: (wishes: AlertWishes) => call<void>("PUT", "/v1/alerts/wishes", { body: wishes }),
    alertSteps: () => call<{ kinds: Escalating[]; mail: boolean }>("GET", "/v1/admin/alerts/steps"),
    setAlertSteps: (kinds: Escalating[]) => call<void>("PUT", "/v1/admin/alerts/steps", { body: { kinds } }),
    deadAlerts: (behind?: string) =>
      call<{ alerts: DeadAlert[]; next?: string }>("GET", "/v1/admin/alerts/dead", behind === undefined ? {} : { query: { behind } }),
    retryAlert: (id: string) => call<void>("POST", `/v1/admin/alerts/dead/${encodeURIComponent(id)}/retry`),
    dismissAlert: (id: string) => call<void>("DELETE", `/v1/admin/alerts/dead/${encodeURIComponent(id)}`),
    hook: (group: string) => call<HookView>("GET", `/v1/admin/groups/${encodeURIComponent(group)}/hook`),
    setHook: (group: string, hook: HookChange) => call<void>("PUT", `/v1/admin/groups/${encodeURIComponent(group)}/hook`, { body: hook }),
    testHook: (group: string) => call<void>("POST", `/v1/admin/groups/${encodeURIComponent(group)}/hook/test`),
    pushText: () => call<{ text: boolean }>("GET", "/v1/admin/alerts"),
    setPushText: (text: boolean) => call<void>("PUT", "/v1/admin/alerts", { body: { text } }),
  };
}
