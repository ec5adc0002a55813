/** Who is typing in a talk, in words. */
import type { Signal } from "$kit/wire.ts";
import { t } from "../texts";
import { s } from "./words";

/** typingText names up to two who are typing, and counts more; "" = nobody but oneself. */
export function typingText(signals: readonly Signal[], me: string): string {
  const names = signals.filter((one) => one.actor.id !== me).map((one) => one.actor.name || t("colleague"));
  if (names.length === 0) return "";
  if (names.length === 2) return s("typing.two", { name: names[0] ?? "", other: names[1] ?? "" });
  return s("typing", { n: names.length, name: names[0] ?? "" });
}
