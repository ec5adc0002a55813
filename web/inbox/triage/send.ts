/** To whom a chat that waits can be sent, what their playbook asks first, and what is sent. Pure. */
import type { PlaybookQuestion, TransferChapter } from "$kit/playbook-api.ts";
import type { Targets } from "$kit/targets-api.ts";
import type { NewTriage } from "$kit/triage-api.ts";
import type { GroupId, Thread } from "$kit/wire.ts";
import { hasCodes, hopsReason, questionsOf } from "../passing/form";
import { type Option, agentOption, byStand, groupOption } from "../passing/options";

/** So many have a digit. */
const most = 9;

/**
 * targetsOf are those whom the digits choose: the suggested ones, then groups, who
 * can take it first; closed groups come last and say so. A colleague is one where
 * he is suggested, takes chats in another group, and has room.
 */
export function targetsOf(targets: Targets, thread: Thread): Option[] {
  const groups = targets.groups.map(groupOption).filter((o) => o.bar === undefined);
  const agents = targets.agents
    .filter((a) => a.bar === undefined && a.takes && a.room)
    .map((a) => ({ ...agentOption(a, thread), group: a.groups.find((g) => g !== thread.group) ?? "" }))
    .filter((o) => o.group !== "");
  const suggested = targets.suggestions.flatMap((suggestion) => {
    const found = suggestion.agent
      ? agents.find((o) => o.agent?.agent === suggestion.agent)
      : groups.find((o) => o.group === suggestion.group);
    return found === undefined || found.stand === "absent" ? [] : [{ ...found, section: "suggested" as const, suggestion }];
  });
  const others = groups.filter((o) => !suggested.some((s) => s.key === o.key)).sort(byStand);
  return [...suggested, ...others].slice(0, most);
}

/** nth is the target of a digit; undefined where it has none, or takes no chats now. */
export function nth(options: readonly Option[], n: number): Option | undefined {
  const option = options[n - 1];
  return option?.stand === "absent" ? undefined : option;
}

/** Fields are what was typed for the target. */
export interface Fields {
  code: string;
  words: string;
  answers: Readonly<Record<string, string>>;
}

export const noFields: Fields = { code: "", words: "", answers: {} };

/** Asked is what has to be said before it is sent: a reason by code or in words, and answers. */
export interface Asked {
  reason: "codes" | "words" | null;
  questions: PlaybookQuestion[];
}

/** askedOf is nothing at all where the target's playbook demands nothing. */
export function askedOf(chapter: TransferChapter, thread: Thread, fields: Fields): Asked {
  const again = (thread.passed?.length ?? 0) >= hopsReason;
  const reason = hasCodes(chapter) ? "codes" : again ? "words" : null;
  return { reason, questions: questionsOf(chapter, reasonOf(chapter, fields)).filter((q) => q.required) };
}

function reasonOf(chapter: TransferChapter, { code, words }: Fields): string {
  if (!hasCodes(chapter)) return words.trim();
  return chapter.reasons?.some((r) => r.code === code) ? code : "";
}

/** missingOf are the fields that still have to be filled: "reason", or a question's id. */
export function missingOf(chapter: TransferChapter, thread: Thread, fields: Fields): string[] {
  const { reason, questions } = askedOf(chapter, thread, fields);
  const open = questions.filter((q) => (fields.answers[q.id] ?? "").trim() === "").map((q) => q.id);
  return reason !== null && reasonOf(chapter, fields) === "" ? ["reason", ...open] : open;
}

/** sentOf is what is sent. */
export function sentOf(option: Option, chapter: TransferChapter, thread: Thread, fields: Fields): NewTriage {
  const reason = reasonOf(chapter, fields);
  const answers = askedOf(chapter, thread, fields).questions.map((q) => [q.id, (fields.answers[q.id] ?? "").trim()]);
  const group: GroupId = option.group;
  return {
    to: option.agent ? { kind: "agent", agent: option.agent.agent, group } : { kind: "group", group },
    ...(reason === "" ? {} : { reason }),
    ...(answers.length === 0 ? {} : { answers: Object.fromEntries(answers) }),
  };
}
