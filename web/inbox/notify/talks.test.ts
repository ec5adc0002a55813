import { expect, test } from "vitest";
import { type TalkRow, channelsOf } from "$kit/channels.ts";
import { type State, empty } from "$kit/reducer.ts";
import type { Down, Event } from "$kit/wire.ts";
import { noticeOf } from "./notice";

const lunch: TalkRow = {
  conversation: { id: "c_k", kind: "channel", head: 3, last: { seq: 3, kind: "message", by: "agent", text: "", at: 1 } },
  talk: { name: "Lunch", policy: "everyone", members: ["me", "ben"], at: 1, version: 1 },
  size: 2,
  read: 3,
  unread: 0,
  calls: 0,
  level: "mentions",
};
const within = (more: Partial<TalkRow> = {}): State => ({ ...empty(), channels: channelsOf([{ ...lunch, ...more }]) });
const frame = (event: object): Down => ({
  type: "event",
  cursor: "",
  event: { id: "e", audience: "agents", at: 50, ...event } as unknown as Event,
});
const message = (by = "ben", seq = 4) =>
  frame({
    conversation: "c_k",
    seq,
    kind: "message",
    actor: { kind: "agent", id: by, name: "Ben" },
    body: { text: "who eats?", mentions: ["me"] },
  });
const called = frame({
  conversation: "agent:me",
  seq: 9,
  kind: "mentioned",
  actor: { kind: "agent", id: "ben", name: "Ben" },
  body: { conversation: "c_k", seq: 4, by: "ben", by_name: "Ben" },
});

test("a channel alerts of mentions alone until its reader has chosen; a direct talk of everything", () => {
  expect(noticeOf(message(), within(), "me")).toBeNull();
  expect(noticeOf(called, within(), "me")).toMatchObject({ kind: "mention", conversation: "c_k", at: 4, talk: "Lunch", tag: "c_k:4" });
  expect(noticeOf(message(), within({ level: "all" }), "me")).toMatchObject({
    kind: "talk",
    at: 4,
    text: "who eats?",
    talk: "Lunch",
    tag: "c_k:4",
  });
  const direct = {
    ...lunch,
    conversation: { ...lunch.conversation, kind: "direct" as const },
    talk: { policy: "named" as const, members: [], at: 1, version: 1 },
    level: "all" as const,
  };
  expect(noticeOf(message(), within(direct), "me")).toMatchObject({ kind: "talk", talk: "", name: "Ben" });
});

test("what is muted, or of which nothing is wanted, is silent, also where it calls; a mute ends", () => {
  for (const more of [{ level: "none" as const }, { level: "all" as const, muted_until: 51 }]) {
    expect(noticeOf(message(), within(more), "me"), JSON.stringify(more)).toBeNull();
    expect(noticeOf(called, within(more), "me"), JSON.stringify(more)).toBeNull();
  }
  expect(noticeOf(message(), within({ level: "all", muted_until: 50 }), "me")).not.toBeNull();
});

test("own words, what was heard before, and talks that one is not in are silent; being called there is not", () => {
  expect(noticeOf(message("me"), within({ level: "all" }), "me")).toBeNull();
  expect(noticeOf(message("ben", 3), within({ level: "all" }), "me")).toBeNull();
  expect(noticeOf(message(), empty(), "me")).toBeNull();
  expect(noticeOf(called, empty(), "me")).toMatchObject({ kind: "mention", talk: "" });
});
