/** A help flag in words. Pure. */
import type { Agent, Help } from "$kit/wire.ts";
import { type TextKey, t } from "../texts";

/** HelpText is a text about a flag, and the reason that a person gave. */
export interface HelpText {
  key: TextKey;
  params: Record<string, string>;
  reason: string;
}

/** whoComes says who has taken a flag; "" = nobody has. */
export function whoComes(help: { taken_by?: string | undefined }, me: string, team: ReadonlyMap<string, Agent>): string {
  if (!help.taken_by) return "";
  return help.taken_by === me ? t("help.taken.me") : t("help.taken", { name: team.get(help.taken_by)?.name ?? t("colleague") });
}

/** helpText says why help is wanted. */
export function helpText(help: Help, team: ReadonlyMap<string, Agent>): HelpText {
  if (help.cause === "asked") {
    const name = team.get(help.by ?? "")?.name ?? t("colleague");
    return { key: "help.cause.asked", params: { name }, reason: help.reason ?? "" };
  }
  if (help.cause === "refund") {
    const name = team.get(help.by ?? "")?.name ?? t("colleague");
    return { key: "help.cause.refund", params: { name, sum: help.reason ?? "" }, reason: "" };
  }
  return { key: `help.cause.${help.cause}`, params: help.cause === "word" ? { word: help.reason ?? "" } : {}, reason: "" };
}
