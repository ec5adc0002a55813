/** What a push says, and what is shown of it. Pure, but for the words. */
import type { Pushed } from "$kit/push-api.ts";
import { addressOf } from "../route";
import { tagOf } from "./tag";
import { a, known } from "./words";

/** Shown is a notification as the service worker puts it up. */
export interface Shown {
  title: string;
  body: string;
  /** A later one about the same takes the place of the former. */
  tag: string;
  /** Where a click leads. */
  address: string;
}

/** readPushed reads the body of a push; null = it is none of ours. */
export function readPushed(text: string): Pushed | null {
  try {
    const found: unknown = JSON.parse(text);
    if (typeof found !== "object" || found === null) return null;
    const { alert, kind } = found as Partial<Pushed>;
    return typeof alert === "string" && typeof kind === "string" ? (found as Pushed) : null;
  } catch {
    return null;
  }
}

function plainText({ kind, by = "", count = 1 }: Pushed): string {
  const plain = `push.${kind}`;
  const key = by === "" && known(`${plain}.nobody`) ? `${plain}.nobody` : plain;
  return known(key) ? a(key, { by, n: count }) : a("push.unknown");
}

/** raisedText calls for what a colleague, or nobody, has noticed. */
export function raisedText(kind: string, name: string): string {
  const key = `push.${kind}.raised`;
  return known(key) ? a(key, { name }) : a("push.unknown");
}

/** shownOf is what a person sees of a push. A kind that a newer server knows is told in general words. */
export function shownOf(pushed: Pushed | null): Shown {
  if (pushed === null) return { title: a("push.unknown"), body: a("push.open"), tag: "unknown", address: "/" };
  const { kind, conversation = "", seq = 0, text = "", step = "" } = pushed;
  const title = step === "" ? plainText(pushed) : raisedText(kind, pushed.for ?? "");
  const body = kind === "check" ? a("push.check.body") : text === "" ? (kind === "test" ? "" : a("push.open")) : text;
  const at = seq > 0 ? seq : null;
  const place =
    pushed.talk || kind === "talk" ? ({ name: "talks", talk: conversation, at } as const) : ({ name: "inbox", conversation, at } as const);
  const address = conversation === "" ? "/" : addressOf(place);
  return { title, body, tag: tagOf(pushed), address };
}

/** onSafari reports whether a browser is Apple's, as it calls itself. */
export function onSafari(userAgent: string): boolean {
  return userAgent.includes("Safari/") && !/Chrome|Chromium|Android|Firefox/.test(userAgent);
}
