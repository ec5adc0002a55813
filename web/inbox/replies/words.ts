/** The texts of the page of saved replies: a catalogue of its own, so that it is fetched only by who opens it. */
import { type Params, translator } from "$kit/i18n.ts";
import { isolated } from "$kit/isolate.ts";
import type { SavedReply } from "$kit/replies-api.ts";
import { inbox } from "../state/session.svelte";
import { language, t } from "../texts";
import de from "./messages/de.json";
import en from "./messages/en.json";

const catalogues: Record<string, Partial<typeof en>> = { en, de };
const speaker = translator<typeof en>(language(), catalogues[language()] ?? en, en);

export type ReplyKey = keyof typeof en;

/** r is a text about saved replies in the person's language. */
export function r(key: ReplyKey, params?: Params): string {
  return speaker.t(key, params === undefined ? params : isolated(params));
}

/** placeName is whose a reply is: mine, a group's by its name, the team's. */
export function placeName(reply: Pick<SavedReply, "scope" | "group">): string {
  if (reply.scope === "group") return inbox().state.groups.get(reply.group ?? "")?.name ?? t("replies.group");
  return t(`replies.${reply.scope}`);
}

/** percent is a share: "42 %". */
export function percent(share: number): string {
  return new Intl.NumberFormat(language(), { style: "percent", maximumFractionDigits: 0 }).format(share);
}
