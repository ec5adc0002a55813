import { expect, test } from "vitest";
import { burst } from "./burst";
import type { Notice } from "./notice";

const notice = (n: number): Notice => ({ tag: `t${n}`, kind: "queued", conversation: `c_${n}`, name: "", text: "" });

function stage() {
  const told: number[] = [];
  let due: (() => void) | undefined;
  const env = {
    setTimeout: (run: () => void) => {
      due = run;
    },
    clearTimeout: () => {
      due = undefined;
    },
  };
  const all = burst((notices) => told.push(notices.length), env);
  const pass = () => {
    const run = due;
    due = undefined;
    run?.();
  };
  return { told, all, pass };
}

test("one notice is told at once, and fifty behind it together", () => {
  const { told, all, pass } = stage();
  all.put(notice(0));
  expect(told).toEqual([1]);
  for (let i = 1; i <= 50; i++) all.put(notice(i));
  expect(told).toEqual([1]);
  pass();
  expect(told).toEqual([1, 50]);
});

test("after a quiet time the next is told at once again", () => {
  const { told, all, pass } = stage();
  all.put(notice(0));
  pass();
  all.put(notice(1));
  expect(told).toEqual([1, 1]);
});

test("nothing is told after the end", () => {
  const { told, all, pass } = stage();
  all.put(notice(0));
  all.put(notice(1));
  all.stop();
  pass();
  expect(told).toEqual([1]);
});

test("what is over before it was told is not told", () => {
  const { told, all, pass } = stage();
  all.put(notice(0));
  all.put(notice(1));
  all.put(notice(2));
  all.drop((one) => one.conversation === "c_1");
  pass();
  expect(told).toEqual([1, 1]);
});
