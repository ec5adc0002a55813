import type { Translator } from "$kit/i18n.ts";
import { isolated } from "$kit/isolate.ts";
import type { Event, Micros, Minutes, Queued, Readiness, Standing } from "$kit/wire.ts";
import { takes } from "./choice.ts";
import type { Session } from "./session.ts";
import type en from "./messages/reception/en.json";

export type ReceptionTexts = typeof en;

/** Words is how the reception speaks. Times are those of the visitor's own zone. */
export interface Words {
  t: Translator<ReceptionTexts>["t"];
  /** "in the queue: 2 to 5 minutes" */
  state(s: Omit<Standing, "group" | "name">, now: Micros): string;
  /** What the header says where not simply somebody is there, or nobody; "" where that is so. */
  header(s: Session, now: Micros): string;
  /** "Billing is not here now, and back Monday 09:00." */
  refusal(s: Standing, now: Micros): string;
  /** "Ann has asked Ben from Billing to join. You can keep writing.": what an event says about passing the chat on; undefined for other events. */
  passed(event: Event, events: readonly Event[]): string | undefined;
  /** "You are 3rd, about 2 to 5 minutes." */
  place(queue: Queued): string;
}

/** wordsOf makes Words; the locale is that of times, the zone the visitor's own except in tests. */
export function wordsOf(speaker: Translator<ReceptionTexts>, locale = speaker.language, zone?: string): Words {
  const t: Words["t"] = (key, params) => speaker.t(key, isolated(params ?? {}));
  const back = (at: Micros, now: Micros) => momentText(at, now, locale, zone);
  // A range is about so long; "up to 5 minutes" and "more than an hour" are plain.
  const about = (wait: Minutes) => (wait.from === 0 || wait.from >= hour ? minutes(wait) : t("about", { wait: minutes(wait) }));
  const refusal: Words["refusal"] = ({ name, state, opens_at }, now) => {
    if (takes(state)) return t("ask.here", { group: name });
    if (state === "full") return t("ask.full", { group: name });
    return opens_at ? t("ask.back", { group: name, when: back(opens_at, now) }) : t("ask.offline", { group: name });
  };
  const asks = ({ by_name: by, to_name: name, public_name: group }: { by_name: string; to_name?: string; public_name?: string }) => {
    if (!name) return t("passed.asks.some", { by });
    return group ? t("passed.asks.of", { by, name, group }) : t("passed.asks", { by, name });
  };
  const comes = ({ lead_name: name, public_name: group }: { lead_name: string; public_name?: string }) =>
    group ? t("passed.with.of", { name, group }) : t("passed.with", { name });
  const ordinals = new Intl.PluralRules(speaker.language, { type: "ordinal" });
  return {
    t,
    state: ({ state, wait, opens_at }, now) => {
      if (state === "online_for_queue") return wait === undefined ? t("is.queue") : t("is.queue.wait", { wait: minutes(wait) });
      if (state === "offline" && opens_at) return t("is.back", { when: back(opens_at, now) });
      return t(`is.${state}`);
    },
    header: (session, now) => {
      const chosen = chosenBy(session);
      if (chosen !== undefined && !takes(chosen.state)) return refusal(chosen, now);
      const { state, wait, opens_at } = chosen ?? byDefault(session);
      if (state === "online_for_queue") return wait === undefined ? t("head.queue") : t("head.queue.wait", { wait: about(wait) });
      if (state === "full") return t("head.full");
      return state === "offline" && opens_at ? t("head.back", { when: back(opens_at, now) }) : "";
    },
    refusal,
    passed: (event, events) => {
      if (event.kind === "transfer") return asks(event.body);
      if (event.kind === "assign") return follows(event, events) ? comes(event.body) : undefined;
      if (event.kind !== "hold") return undefined;
      const { to_name: name, way, due } = event.body;
      // As it was said then: "tomorrow" would be another day when it is read again.
      const when = momentText(due, event.at, locale, zone, true);
      return name ? t(`held.${way}`, { name, when }) : t(`held.${way}.some`, { when });
    },
    place: ({ group, ...queue }) => (group === undefined ? stands(queue) : t("queue.of", { group, place: stands(queue) })),
  };

  function minutes({ from, to }: Minutes): string {
    if (to === undefined) return from >= hour ? t("wait.long") : t("wait.open", { n: from });
    if (from > 0) return t("wait.range", { from, n: to });
    return to <= 1 ? t("wait.soon") : t("wait.upto", { n: to });
  }

  function stands({ position, wait: range }: Queued): string {
    const wait = range === undefined ? undefined : about(range);
    if (position === undefined) return wait === undefined ? t("queue.some") : t("queue.wait", { wait });
    if (position <= 1) return wait === undefined ? t("queue.next") : t("queue.next.wait", { wait });
    const form = ordinals.select(position);
    const place = t(`place.${form === "one" || form === "two" || form === "few" ? form : "other"}`, { n: position });
    return wait === undefined ? t("queue.place", { place }) : t("queue.place.wait", { place, wait });
  }
}

/** What is longer than a range without an end begins. */
const hour = 60;

/** follows reports whether somebody took over because he was asked to: nothing else has given the chat away since. */
function follows(event: Event, events: readonly Event[]): boolean {
  const before = events.findLast((e) => e.seq < event.seq && gives.has(e.kind));
  return before?.kind === "transfer";
}

const gives = new Set<string>(["transfer", "assign", "hold", "thread.requeued", "thread.moved", "thread.closed"]);

/** chosenBy is how the group stands that a visitor chose. */
function chosenBy({ site, choice }: Session): Standing | undefined {
  return site.value?.groups?.find((g) => g.group === choice.value?.group);
}

/** byDefault is what a visitor would meet who writes now; nothing while he has several groups before him. */
function byDefault({ site, named }: Session): { state?: Readiness; opens_at?: Micros; wait?: Minutes } {
  return named.value || (site.value?.groups ?? []).length < 2 ? (site.value ?? {}) : {};
}

/** momentText is a coming moment: "14:00" today, "tomorrow 09:00", "Monday 09:00", "3 March 09:00". */
function momentText(at: Micros, now: Micros, locale: string, zone?: string, named = false): string {
  const where = zone === undefined ? {} : { timeZone: zone };
  const text = (moment: Micros, options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { ...options, ...where }).format(moment / 1000);
  const key = (moment: Micros) =>
    Date.parse(new Intl.DateTimeFormat("en-CA", { year: "numeric", month: "2-digit", day: "2-digit", ...where }).format(moment / 1000));
  const time = text(at, { timeStyle: "short" });
  const days = Math.round((key(at) - key(now)) / 86_400_000);
  if (days <= 0) return time;
  if (days === 1 && !named) return `${new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(1, "day")} ${time}`;
  return `${text(at, days < 7 ? { weekday: "long" } : { day: "numeric", month: "long" })} ${time}`;
}
