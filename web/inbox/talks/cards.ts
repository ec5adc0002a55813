/** What stands on the card of something that a message refers to. */
import type { ReferenceCard } from "$kit/channels-api.ts";
import type { Down } from "$kit/wire.ts";
import { isSaid } from "../conversation/timeline";
import { t } from "../texts";
import { type Known, talkName } from "./names";
import { s } from "./words";

/** CardView is a card in words. */
export interface CardView {
  title: string;
  about: string;
  who: string;
  text: string;
  at: number;
}

/** cardView says what a reader sees of a card that is open to him. */
export function cardView(card: ReferenceCard, known: Known): CardView {
  const talk = card.talk && talkName(card.talk, known);
  const title = card.kind === "customer" ? card.visitor || t("visitor.unnamed") : (talk ?? "");
  const { message, last } = card;
  if (message && isSaid(message)) {
    const text = message.body.emptied ? t("emptied") : message.body.text || (message.body.files?.[0]?.name ?? "");
    return { title, about: aboutOf(card, known), who: nameIn(message.actor.id, message.actor.name, known), text, at: message.at };
  }
  return { title, about: aboutOf(card, known), who: nameIn(last?.by_id, last?.name, known), text: last?.text ?? "", at: last?.at ?? 0 };
}

function aboutOf(card: ReferenceCard, known: Known): string {
  if (card.kind !== "customer") return "";
  const group = known.groups.get(card.group ?? "")?.name ?? "";
  const state = card.state === undefined ? "" : s(`card.${card.state}`);
  const lead = card.lead ? (known.team.get(card.lead)?.name ?? "") : "";
  return [group, state, lead].filter((part) => part !== "").join(" · ");
}

function nameIn(id: string | undefined, then: string | undefined, known: Known): string {
  if (id !== undefined && id === known.me?.id) return t("you");
  return known.team.get(id ?? "")?.name ?? then ?? "";
}

/** touches reports whether a frame may change what a card shows: its conversation's, or of what its reader may see. */
export function touches(frame: Down, conversation: string, me: string): boolean {
  switch (frame.type) {
    case "row":
      return frame.row.conversation.id === conversation;
    case "gone":
      return frame.conversation === conversation;
    case "event":
      return frame.event.conversation === conversation || (frame.event.kind === "agent.changed" && frame.event.body.id === me);
    default:
      return false;
  }
}
