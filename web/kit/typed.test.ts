import { expect, test } from "vitest";
import { showTyped } from "./typed.ts";

function hands() {
  let now = 1_000_000;
  let run = () => {};
  let text = "";
  const sent: string[] = [];
  const stop = showTyped(
    () => text,
    (t) => sent.push(t),
    {
      now: () => now,
      every: (look) => {
        run = look;
        return () => {
          run = () => {};
        };
      },
    },
  );
  return {
    sent,
    stop,
    write: (next: string, seconds = 1) => {
      text = next;
      for (let i = 0; i < seconds; i++) {
        now += 1000;
        run();
      }
    },
  };
}

test("typed: nothing is sent of an empty text, nor of spaces", () => {
  const h = hands();
  h.write("", 10);
  h.write("   ", 10);
  h.stop();
  expect(h.sent).toEqual([]);
});

test("typed: what changed is sent once a second, and repeated every five while it stands", () => {
  const h = hands();
  h.write("he");
  h.write("hello", 6);
  expect(h.sent).toEqual(["he", "hello", "hello"]);
});

test("typed: it is over once, when the text is sent or deleted, and when one leaves", () => {
  const h = hands();
  h.write("hello");
  h.write("", 3);
  h.write("again");
  h.stop();
  h.stop();
  expect(h.sent).toEqual(["hello", "", "again", ""]);
});

test("typed: a text that nobody touches for two minutes is not shown any more", () => {
  const h = hands();
  h.write("hello", 121);
  expect(h.sent.at(-1)).toBe("");
  h.write("hello you");
  expect(h.sent.at(-1)).toBe("hello you");
});

test("typed: of a long text the last thousand characters are sent, and none is cut in half", () => {
  const h = hands();
  h.write(`${"a".repeat(500)}${"😀".repeat(1000)}`);
  expect(h.sent).toEqual(["😀".repeat(1000)]);
});
