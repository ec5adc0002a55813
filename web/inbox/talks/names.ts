/** What a talk is called. */
import type { TalkHead } from "$kit/channels-api.ts";
import type { TalkRow } from "$kit/channels.ts";
import type { State } from "$kit/reducer.ts";
import type { Agent } from "$kit/wire.ts";
import { statusText, t, times } from "../texts";

/** Known is what names are looked up in. */
export type Known = Pick<State, "team" | "groups" | "me">;

/** headOf is what of a row names its talk. */
export function headOf({ conversation, talk }: TalkRow): TalkHead {
  const { name, group, policy } = talk;
  const people = conversation.kind === "direct" ? { people: talk.members } : {};
  return { kind: conversation.kind, policy, ...(name === undefined ? {} : { name }), ...(group === undefined ? {} : { group }), ...people };
}

/** talkName is a channel's name, its group's, or the names of the others in a direct talk. */
export function talkName(head: TalkHead, known: Known): string {
  if (head.kind === "direct") return othersOf(head, known).join(", ") || t("talks.direct");
  if (head.policy === "crew") return known.groups.get(head.group ?? "")?.name ?? t("talks.of-group");
  return head.name || t("talks.channel");
}

/** nameOf is the name of a row's talk. */
export function nameOf(row: TalkRow, known: Known): string {
  return talkName(headOf(row), known);
}

function othersOf(head: TalkHead, known: Known): string[] {
  return (head.people ?? []).filter((id) => id !== known.me?.id).map((id) => known.team.get(id)?.name ?? t("colleague"));
}

/** oneOf is the other one of a direct talk of two. */
export function oneOf({ conversation, talk }: TalkRow, { team, me }: Known): Agent | undefined {
  const others = conversation.kind === "direct" ? talk.members.filter((id) => id !== me?.id) : [];
  return others.length === 1 ? team.get(others[0] ?? "") : undefined;
}

/** standingText is how a colleague is there, in words: not connected, or as he takes chats. */
export function standingText(agent: Agent, connected: boolean): string {
  if (!connected) return t("agent.away");
  return agent.role === "colleague" ? t("agent.here") : statusText(agent, times.time);
}
