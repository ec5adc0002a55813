import { expect, test } from "vitest";
import type { Event } from "$kit/wire.ts";
import { formerTexts, lastSeen, layTalk, repliesTo, standing } from "./lines.ts";

const minute = 60_000_000;
const noon = 12 * 60 * minute;

function event(kind: Event["kind"], seq: number, body: object, by = "a_ben", at = noon + seq * minute): Event {
  return {
    id: `e_${seq}`,
    conversation: "c_1",
    seq,
    kind,
    actor: { kind: "agent", id: by, name: by },
    audience: "agents",
    at,
    body,
  } as unknown as Event;
}
const said = (seq: number, text: string, by = "a_ben", more: object = {}, at?: number) => event("message", seq, { text, ...more }, by, at);
const lay = (events: Event[], more: Partial<Parameters<typeof layTalk>[1]> = {}) =>
  layTalk(events, { me: "a_me", unreadAfter: null, offset: () => 0, ...more });
const shape = (items: ReturnType<typeof layTalk>) =>
  items.map((item) => (item.type === "said" ? `${item.by.id}:${item.lines.map((l) => l.seq).join("+")}` : item.type));

test("words of one person within five minutes stand together, under their day", () => {
  const events = [
    said(1, "a"),
    said(2, "b"),
    said(3, "c", "a_eve"),
    said(4, "d", "a_eve", {}, noon + 20 * minute),
    said(5, "e", "a_eve", {}, noon + 24 * 60 * minute),
  ];
  expect(shape(lay(events))).toEqual(["day", "a_ben:1+2", "a_eve:3", "a_eve:4", "day", "a_eve:5"]);
});

test("the divider stands before what others said after the mark, and goes where one has answered", () => {
  const events = [said(1, "a"), said(2, "mine", "a_me"), said(3, "b"), said(4, "c")];
  expect(shape(lay(events, { unreadAfter: 2 }))).toEqual(["day", "a_ben:1", "a_me:2", "unread", "a_ben:3+4"]);
  expect(shape(lay([...events, said(5, "mine", "a_me")], { unreadAfter: 2 }))).toEqual(["day", "a_ben:1", "a_me:2", "a_ben:3+4", "a_me:5"]);
});

test("a reply names what it stands under where that is loaded, and is counted there", () => {
  const events = [
    said(1, "who eats?"),
    said(2, "I", "a_eve", { reply_to: 1 }),
    said(3, "", "a_cem", { reply_to: 1, emptied: 9 }),
    said(4, "late", "a_eve", { reply_to: 99 }),
  ];
  const lines = lay(events).flatMap((item) => (item.type === "said" ? item.lines : []));
  expect(lines.map((l) => [l.replyTo, l.root?.text, l.replies])).toEqual([
    [0, undefined, 1],
    [1, "who eats?", 0],
    [1, "who eats?", 0],
    [99, undefined, 0],
  ]);
  expect(repliesTo(events, 1).map((l) => l.seq)).toEqual([1, 2, 3]);
});

test("what time has emptied is one line, and what somebody took back stands as such", () => {
  const gone = (seq: number) => said(seq, "", "a_ben", { emptied: 5 });
  expect(shape(lay([gone(1), gone(2), gone(3), said(4, "now")], { emptied: 2 }))).toEqual(["emptied", "day", "a_ben:3+4"]);
});

test("what changes a message is told there and nowhere else; facts are lines", () => {
  const events = [
    event("talk.created", 1, { policy: "everyone", members: [] }),
    said(2, "a"),
    event("edit", 3, { target: 2, text: "b", former: "a" }),
    event("reaction", 4, { target: 2, emoji: "👍", on: true }),
    event("talk.joined", 5, { agents: ["a_eve"], names: ["Eve"] }),
  ];
  expect(shape(lay(events))).toEqual(["day", "fact", "a_ben:2", "fact"]);
  expect(formerTexts(events, 2)).toEqual([{ text: "a", until: noon + 3 * minute }]);
});

test("seen is the last of one's own that somebody else has read", () => {
  const events = [said(1, "a", "a_me"), said(2, "b", "a_me"), said(3, "c"), said(4, "d", "a_me")];
  expect(
    lastSeen(
      events,
      new Map([
        ["a_me", 4],
        ["a_ben", 3],
        ["a_eve", 1],
      ]),
      "a_me",
    ),
  ).toEqual({ seq: 2, by: ["a_ben"] });
  expect(lastSeen(events, new Map([["a_me", 4]]), "a_me")).toBeNull();
});

test("a window shows its lines and no divider that stands above it, and knows what is replied to outside of it", () => {
  const events = [said(1, "a"), said(2, "b"), said(3, "c", "a_eve", { reply_to: 1 }), said(4, "d", "a_eve")];
  expect(shape(lay(events, { unreadAfter: 1, span: { from: 2, to: 3 } }))).toEqual(["day", "unread", "a_ben:2", "a_eve:3"]);
  const [, block] = lay(events, { unreadAfter: 1, span: { from: 3, to: 4 } });
  expect(block?.type === "said" && block.lines.map((line) => [line.seq, line.root?.text])).toEqual([
    [3, "a"],
    [4, undefined],
  ]);
});

test("messages whose time was over count as one line", () => {
  const over = (seq: number) => said(seq, "", "a_ben", { emptied: 1 });
  const events = [over(1), over(2), event("reaction", 3, {}), over(4), said(5, "a"), over(6)];
  expect(standing(events, 4).map((e) => e.seq)).toEqual([1, 5, 6]);
  expect(shape(lay(events, { emptied: 4 }))).toEqual(["emptied", "day", "a_ben:5+6"]);
});
