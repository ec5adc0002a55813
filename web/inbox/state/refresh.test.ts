import { expect, test } from "vitest";
import { type RefreshEnv, refresh, refreshMs } from "./refresh";

/** A clock that stands until it is told to go on; loads take `takes` milliseconds. */
function makeWorld(takes = 0) {
  let now = 0;
  let timers: { at: number; run: () => void }[] = [];
  const loads: number[] = [];
  const later = (run: () => void, ms: number) => {
    const timer = { at: now + ms, run };
    timers.push(timer);
    return timer;
  };
  const cancel = (id: unknown) => {
    timers = timers.filter((t) => t !== id);
  };
  const env: RefreshEnv = { now: () => now, setTimeout: later, clearTimeout: cancel };
  const load = () => {
    loads.push(now);
    return takes === 0 ? Promise.resolve() : new Promise<void>((done) => later(done, takes));
  };
  const settle = async () => {
    for (let i = 0; i < 5; i++) await Promise.resolve();
  };
  const goOn = async (ms: number) => {
    const end = now + ms;
    for (;;) {
      await settle();
      const next = timers.filter((t) => t.at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      timers = timers.filter((t) => t !== next);
      now = next.at;
      next.run();
    }
    now = end;
    await settle();
  };
  return { env, load, loads, goOn };
}

test("it loads at once, and every ten seconds without a word", async () => {
  const { env, load, loads, goOn } = makeWorld();
  refresh(load, env);
  await goOn(2 * refreshMs.anyway);
  expect(loads).toEqual([0, refreshMs.anyway, 2 * refreshMs.anyway]);
});

test("a burst of changes is one load, and a steady stream one a second", async () => {
  const { env, load, loads, goOn } = makeWorld();
  const live = refresh(load, env);
  await goOn(5000);
  for (let i = 0; i < 20; i++) live.poke();
  await goOn(1000);
  expect(loads).toEqual([0, 5500]);
  for (let i = 0; i < 100; i++) {
    live.poke();
    await goOn(50);
  }
  const apart = loads.slice(1).map((at, i) => at - (loads[i] ?? 0));
  expect(Math.min(...apart)).toBeGreaterThanOrEqual(refreshMs.apart);
  expect(loads.length).toBeGreaterThan(5);
});

test("what changes while it loads is loaded after that, once", async () => {
  const { env, load, loads, goOn } = makeWorld(3000);
  const live = refresh(load, env);
  await goOn(1000);
  live.poke();
  live.poke();
  await goOn(3000);
  expect(loads).toEqual([0, 3500]);
});

test("nothing is loaded once it is stopped", async () => {
  const { env, load, loads, goOn } = makeWorld();
  const live = refresh(load, env);
  await goOn(100);
  live.stop();
  live.poke();
  await goOn(60_000);
  expect(loads).toEqual([0]);
});

test("what hardly changes without a word is asked rarely, and a poke still comes at once", async () => {
  const { env, load, loads, goOn } = makeWorld();
  const live = refresh(load, env, 120_000);
  await goOn(60_000);
  expect(loads).toEqual([0]);
  live.poke();
  await goOn(500);
  expect(loads).toEqual([0, 60_500]);
  await goOn(120_000);
  expect(loads).toHaveLength(3);
});
