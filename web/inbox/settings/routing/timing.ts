/** The spans that routing keeps to. Pure. */
import { type TimingName, timingNames, type WorkspaceRouting } from "$kit/rules.ts";

/** usual is what each span is where nothing is set, in seconds. */
export const usual: Readonly<Record<TimingName, number>> = {
  offer: 20,
  warn: 60,
  reply: 90,
  extend: 60,
  round_pause: 30,
  down: 3,
  unheard: 10,
  lost: 45,
  keep: 600,
  idle: 600,
  max_wait: 600,
  aging: 120,
  input_warn: 540,
  input: 600,
};

/** usualLimit is how many chats an agent takes at once where nothing is set. */
export const usualLimit = 4;

/** sections are the spans in the order in which a chat meets them. */
export const sections: readonly { name: "offers" | "queue" | "lost" | "away"; spans: readonly TimingName[] }[] = [
  { name: "offers", spans: ["offer", "round_pause", "warn", "reply", "extend"] },
  { name: "queue", spans: ["max_wait", "aging", "idle"] },
  { name: "lost", spans: ["down", "unheard", "lost", "keep"] },
  { name: "away", spans: ["input_warn", "input"] },
];

/** timingOf are the spans in force. */
export function timingOf(routing: WorkspaceRouting): Record<TimingName, number> {
  return Object.fromEntries(timingNames.map((name) => [name, routing.timing[name] || usual[name]])) as Record<TimingName, number>;
}

/** tooLate are the spans that end in the wrong order: warnings after what they warn of, and what is lost before it is unheard. */
export function tooLate(routing: WorkspaceRouting): ("warn" | "input_warn" | "lost")[] {
  const timing = timingOf(routing);
  const found: ("warn" | "input_warn" | "lost")[] = [];
  if (timing.warn >= timing.reply) found.push("warn");
  if (timing.input_warn >= timing.input) found.push("input_warn");
  if (timing.lost < timing.unheard) found.push("lost");
  return found;
}
