import { expect, test } from "vitest";
import { translator } from "$kit/i18n.ts";
import type { Choice } from "$kit/outbox.ts";
import type { Event, Micros, Queued, Standing, VisitorSite } from "$kit/wire.ts";
import de from "./messages/reception/de.json";
import en from "./messages/reception/en.json";
import type { Session } from "./session.ts";
import { wordsOf } from "./words.ts";

const english = wordsOf(translator<typeof en>("en", en, en), "en-GB", "UTC");
const german = wordsOf(translator<typeof en>("de", de, en), "de", "Europe/Berlin");
const at = (text: string): Micros => Date.parse(text) * 1000;
const friday = at("2026-03-27T16:00:00Z");

test.each<[Omit<Standing, "group" | "name">, string, string]>([
  [{ state: "online" }, "online", "online"],
  [{ state: "online_for_queue" }, "in the queue", "in der Warteschlange"],
  [{ state: "online_for_queue", wait: { from: 2, to: 5 } }, "in the queue: 2 to 5 minutes", "in der Warteschlange: 2 bis 5 Minuten"],
  [{ state: "online_for_queue", wait: { from: 0, to: 4 } }, "in the queue: up to 4 minutes", "in der Warteschlange: bis zu 4 Minuten"],
  [{ state: "full" }, "too many are waiting", "zu viele warten"],
  [{ state: "offline" }, "not here now", "gerade nicht da"],
  [{ state: "offline", opens_at: at("2026-03-27T18:30:00Z") }, "back 18:30", "wieder da 19:30"],
  [{ state: "offline", opens_at: at("2026-03-28T09:00:00Z") }, "back tomorrow 09:00", "wieder da morgen 10:00"],
  // The clocks change on the 29th.
  [{ state: "offline", opens_at: at("2026-03-30T07:00:00Z") }, "back Monday 07:00", "wieder da Montag 09:00"],
  [{ state: "offline", opens_at: at("2026-04-07T07:00:00Z") }, "back 7 April 07:00", "wieder da 7. April 09:00"],
])("words: a group that is %o", (standing, inEnglish, inGerman) => {
  expect([english.state(standing, friday), german.state(standing, friday)]).toEqual([inEnglish, inGerman]);
});

test("words: the day is the visitor's: late in the evening tomorrow has begun further east", () => {
  const late = at("2026-03-27T23:30:00Z");
  expect(english.state({ state: "offline", opens_at: at("2026-03-28T08:00:00Z") }, late)).toBe("back tomorrow 08:00");
  expect(german.state({ state: "offline", opens_at: at("2026-03-28T08:00:00Z") }, late)).toBe("wieder da 09:00");
});

test.each<[Queued, string, string]>([
  [{ position: 3, wait: { from: 2, to: 5 } }, "You are 3rd, about 2 to 5 minutes.", "Sie sind an 3. Stelle: etwa 2 bis 5 Minuten."],
  [{ position: 1, wait: { from: 0, to: 1 } }, "You are next, less than a minute.", "Sie sind als Nächstes dran: weniger als eine Minute."],
  [{ position: 22 }, "You are 22nd in the queue.", "Sie sind an 22. Stelle der Warteschlange."],
  [{ position: 2, wait: { from: 0, to: 3 } }, "You are 2nd, up to 3 minutes.", "Sie sind an 2. Stelle: bis zu 3 Minuten."],
  [{ position: 11, wait: { from: 60 } }, "You are 11th, more than an hour.", "Sie sind an 11. Stelle: mehr als eine Stunde."],
  [
    { wait: { from: 20 } },
    "You are in the queue: about 20 minutes to more than an hour.",
    "Sie sind in der Warteschlange: etwa 20 Minuten bis mehr als eine Stunde.",
  ],
  [
    { wait: { from: 1 } },
    "You are in the queue: about a minute to more than an hour.",
    "Sie sind in der Warteschlange: etwa eine Minute bis mehr als eine Stunde.",
  ],
  [{ wait: { from: 1, to: 2 } }, "You are in the queue: about 1 to 2 minutes.", "Sie sind in der Warteschlange: etwa 1 bis 2 Minuten."],
  [{}, "You are in the queue.", "Sie sind in der Warteschlange."],
  [{ position: 8, group: "Billing" }, "Billing: You are 8th in the queue.", "Billing: Sie sind an 8. Stelle der Warteschlange."],
  [{ group: "Billing" }, "Billing: You are in the queue.", "Billing: Sie sind in der Warteschlange."],
])("words: a place in the queue, %o", (queue, inEnglish, inGerman) => {
  expect([english.place(queue), german.place(queue)]).toEqual([inEnglish, inGerman]);
});

/** meets is a visitor who has not written yet. */
function meets(site: Partial<VisitorSite>, choice?: Choice, named = false): Session {
  return { site: { value: site }, choice: { value: choice }, named: { value: named } } as unknown as Session;
}

test("words: the header says what a visitor would meet, and leaves the plain cases to the first screen", () => {
  const heads = (["online", "online_for_queue", "full", "offline"] as const).map((state) =>
    english.header(meets({ state, wait: { from: 2, to: 5 } }), friday),
  );
  const queue = "There is a queue right now: about 2 to 5 minutes.";
  expect(heads).toEqual(["", queue, "Too many are waiting right now. Leave us a message.", ""]);
  const shut = { state: "offline", opens_at: at("2026-03-30T09:00:00Z") } as const;
  expect(english.header(meets(shut), friday)).toBe("Nobody is here right now. We are back Monday 09:00.");
  expect(english.header(meets({}), friday)).toBe("");
});

test("words: where a visitor chooses, the header speaks of his choice alone", () => {
  const groups: Standing[] = [
    { group: "g_s", name: "Sales", state: "online" },
    { group: "g_b", name: "Billing", state: "full" },
  ];
  const site = { state: "online_for_queue", groups } as const;
  expect(english.header(meets(site), friday)).toBe("");
  expect(english.header(meets(site, { group: "g_b" }), friday)).toBe("Too many are waiting for Billing right now.");
  expect(english.header(meets(site, { group: "g_s" }), friday)).toBe("");
  expect(english.header(meets(site, undefined, true), friday)).toBe("There is a queue right now.");
});

test("words: a refusal names the group, which cannot turn the sentence around it", () => {
  const refusal = (name: string, state: Standing["state"]) => english.refusal({ group: "g", name, state }, friday);
  expect(refusal("Billing", "full")).toBe("Too many are waiting for Billing right now.");
  expect(refusal("<b>Billing</b>", "offline")).toBe("<b>Billing</b> is not here now.");
  expect(refusal("الفواتير", "offline")).toBe("\u2068الفواتير\u2069 is not here now.");
  expect(refusal("{when}", "offline")).toBe("{when} is not here now.");
});

const told = (seq: number, kind: string, body: object, at = friday): Event =>
  ({ id: `e${seq}`, conversation: "c", seq, kind, actor: { kind: "agent", id: "a" }, audience: "all", at, body }) as unknown as Event;
const read = (...events: Event[]) => events.map((e) => english.passed(e, events));

test("words: who is asked, that one can write on, and who comes", () => {
  expect(
    read(
      told(1, "transfer", { by_name: "Ann", to_name: "Ben" }),
      told(2, "message", { text: "hello" }),
      told(3, "assign", { lead: "a", lead_name: "Ben" }),
    ),
  ).toEqual(["Ann has asked Ben to join. You can keep writing.", undefined, "Ben is with you now and has read the conversation"]);
  expect(read(told(1, "transfer", { by_name: "Ann" }))).toEqual(["Ann has asked a colleague to join. You can keep writing."]);
});

test("words: who comes from another group is named with it, as the server has told its public name", () => {
  const story = [
    told(1, "transfer", { by_name: "Ann", to_name: "Ben", public_name: "Billing" }),
    told(2, "assign", { lead: "a", lead_name: "Ben", public_name: "Billing" }),
  ];
  expect(read(...story)).toEqual([
    "Ann has asked Ben from Billing to join. You can keep writing.",
    "Ben from Billing is with you now and has read the conversation",
  ]);
  expect(story.map((e) => german.passed(e, story))).toEqual([
    "Ann hat Ben (Billing) dazugebeten. Sie können weiterschreiben.",
    "Ben (Billing) ist jetzt für Sie da und hat den Chat gelesen",
  ]);
  // Whoever takes it over after a no is not of the group that was asked.
  expect(read(story[0] as Event, told(2, "assign", { lead: "c", lead_name: "Cleo" }))[1]).toBe(
    "Cleo is with you now and has read the conversation",
  );
});

test("words: whoever leads for another reason has not been asked", () => {
  const by = (kind: string) =>
    read(told(1, "transfer", { by_name: "Ann" }), told(2, kind, { due: friday }), told(3, "assign", { lead_name: "Cleo" }))[2];
  expect(["thread.requeued", "thread.moved", "thread.closed", "assign", "hold"].map(by)).toEqual(Array(5).fill(undefined));
  expect(read(told(1, "assign", { lead_name: "Ann" }), told(2, "message", {}))).toEqual([undefined, undefined]);
});

test("words: by when somebody answers, how, and on a day that is named as long as it is read", () => {
  const held = (body: object) => english.passed(told(1, "hold", body), []);
  expect(held({ to_name: "Ben", way: "wait", due: at("2026-03-27T18:30:00Z") })).toBe("Ben answers you here by 18:30");
  expect(held({ to_name: "Ben", way: "wait", due: at("2026-03-28T09:00:00Z") })).toBe("Ben answers you here by Saturday 09:00");
  expect(held({ way: "mail", due: at("2026-04-07T07:00:00Z") })).toBe("A colleague answers you by e-mail by 7 April 07:00");
  expect(german.passed(told(1, "hold", { to_name: "Ben", way: "mail", due: at("2026-03-28T09:00:00Z") }), [])).toBe(
    "Ben antwortet Ihnen per E-Mail bis Samstag 10:00",
  );
});
