import { expect, test } from "vitest";
import { againAfterMs, inputEveryMs, inputTeller } from "./input";

function makeTeller() {
  const world = { now: 0, warned: false, heard: true, told: [] as number[] };
  const input = inputTeller(
    () => {
      world.told.push(world.now);
      world.warned = false;
      return Promise.resolve(world.heard);
    },
    () => world.warned,
    () => world.now,
  );
  return { world, input };
}

test("keys and clicks are told once a minute, and nothing without them", () => {
  const { world, input } = makeTeller();
  for (world.now = 0; world.now < 3 * inputEveryMs; world.now += 500) input();
  expect(world.told).toEqual([0, inputEveryMs, 2 * inputEveryMs]);
});

test("who was warned is heard at once, and once", () => {
  const { world, input } = makeTeller();
  input();
  world.now = 1000;
  world.warned = true;
  input();
  input();
  expect(world.told).toEqual([0, 1000]);
});

test("what the server did not hear is told again soon, and not with every key", async () => {
  const { world, input } = makeTeller();
  world.heard = false;
  input();
  await Promise.resolve();
  await Promise.resolve();
  for (world.now = 100; world.now < 2 * againAfterMs; world.now += 100) input();
  expect(world.told).toEqual([0, againAfterMs]);
});
