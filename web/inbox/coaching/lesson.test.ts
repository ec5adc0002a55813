import fc from "fast-check";
import { expect, test } from "vitest";
import type { Event } from "$kit/wire.ts";
import { type Place, ahead, back, lesson, longestWait, speeds, waitAt } from "./lesson";

const said = (seq: number, kind: "message" | "note" | "seen", by: "visitor" | "agent", seconds: number, thread = "t_1") =>
  ({ seq, kind, thread, at: seconds * 1e6, actor: { kind: by, id: by }, body: { text: `${seq}` } }) as unknown as Event;

const talk = [
  said(1, "message", "visitor", 0),
  said(2, "message", "visitor", 5),
  said(3, "note", "agent", 10),
  said(4, "seen", "agent", 11),
  said(5, "message", "agent", 100),
  said(6, "message", "agent", 101),
  said(7, "message", "visitor", 121),
  said(9, "message", "agent", 121.5),
  said(10, "message", "visitor", 130, "t_2"),
];

test("lines come in their own time, long pauses are shortened and say so", () => {
  const steps = lesson(talk.toReversed(), "t_1");
  expect(steps.map((s) => s.event.seq)).toEqual([1, 2, 3, 5, 6, 7, 9]);
  expect(steps.map((s) => s.wait)).toEqual([0, 5000, 5000, longestWait, 1000, longestWait, 500]);
  expect(steps.map((s) => s.cut)).toEqual([0, 0, 0, 90_000, 0, 0, 0]);
});

test("only the first answer to a visitor asks what one would say, and names what it answers", () => {
  expect(lesson(talk, "t_1").map((s) => s.answers)).toEqual([0, 0, 0, 2, 0, 0, 7]);
});

test("a speed divides the waits", () => {
  const step = lesson(talk, "t_1")[1];
  expect(speeds.map((speed) => waitAt(step, speed))).toEqual([5000, 1250, 313]);
  expect(waitAt(undefined, 4)).toBe(0);
});

test("a replay stops before each answer once, and never passes the end", () => {
  const steps = lesson(talk, "t_1");
  let at: Place = { shown: 0, asked: false };
  const places: string[] = [];
  for (let i = 0; i < 12; i++) {
    at = ahead(steps, at, true);
    places.push(`${at.shown}${at.asked ? "?" : ""}`);
  }
  expect(places.join(" ")).toBe("1 2 3 3? 4 5 6 6? 7 7 7 7");
  expect(ahead(steps, { shown: 3, asked: false }, false)).toEqual({ shown: 4, asked: false });
  expect(back({ shown: 3, asked: true })).toEqual({ shown: 3, asked: false });
  expect(back({ shown: 0, asked: false })).toEqual({ shown: 0, asked: false });
});

test("whatever the times, no wait is negative or longer than the longest, and nothing is lost", () => {
  fc.assert(
    fc.property(fc.array(fc.record({ at: fc.integer({ min: -1e6, max: 1e6 }), agent: fc.boolean() })), (lines) => {
      const events = lines.map((l, i) => said(i + 1, "message", l.agent ? "agent" : "visitor", l.at));
      const steps = lesson(events, "t_1");
      expect(steps).toHaveLength(lines.length);
      for (const s of steps) {
        expect(s.wait).toBeGreaterThanOrEqual(0);
        expect(s.wait).toBeLessThanOrEqual(longestWait);
        expect(s.cut > 0).toBe(s.cut > longestWait);
        if (s.answers > 0) expect(lines[s.answers - 1]?.agent).toBe(false);
      }
    }),
  );
});
