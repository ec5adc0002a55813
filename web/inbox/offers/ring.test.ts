import { expect, test } from "vitest";
import { type RingEnv, ring } from "./ring";

function makeEnv() {
  const ticking = new Set<() => void>();
  let first = true;
  const waiting: (() => void)[] = [];
  const env: RingEnv = {
    setInterval: (run) => {
      ticking.add(run);
      return run;
    },
    clearInterval: (id) => void ticking.delete(id as () => void),
    // One holds it; the next gets it when the first lets go.
    alone: async (held) => {
      if (!first) await new Promise<void>((resolve) => waiting.push(resolve));
      first = false;
      void held.then(() => {
        first = true;
        waiting.shift()?.();
      });
      return true;
    },
  };
  const tick = () => {
    for (const run of ticking) run();
  };
  return { env, tick };
}

const settled = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

test("it rings at once, again and again, and stops when all is answered", async () => {
  const { env, tick } = makeEnv();
  let rung = 0;
  const bell = ring(() => rung++, env);
  bell.set(true);
  bell.set(true);
  await settled();
  expect(rung).toBe(1);
  tick();
  expect(rung).toBe(2);
  bell.set(false);
  tick();
  expect(rung).toBe(2);
  bell.set(true);
  await settled();
  expect(rung).toBe(3);
});

test("two tabs of one person ring once, and the other goes on when the first is closed", async () => {
  const { env, tick } = makeEnv();
  const rung = [0, 0];
  const bells = [0, 1].map((i) => ring(() => rung.splice(i, 1, (rung[i] ?? 0) + 1), env));
  for (const bell of bells) bell.set(true);
  await settled();
  tick();
  expect(rung).toEqual([2, 0]);
  bells[0]?.stop();
  await settled();
  expect(rung).toEqual([2, 1]);
});

test("what is answered before the tab's turn never rings", async () => {
  const { env } = makeEnv();
  let rung = 0;
  const [first, second] = [ring(() => rung++, env), ring(() => rung++, env)];
  first.set(true);
  second.set(true);
  await settled();
  second.set(false);
  first.set(false);
  await settled();
  expect(rung).toBe(1);
});
