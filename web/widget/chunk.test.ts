import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { chunk } from "./chunk.ts";

const window = new EventTarget();

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("addEventListener", window.addEventListener.bind(window));
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** line is a way to load something that fails as often as it is told. */
function line(failures: number) {
  const load = vi.fn(async () => {
    if (load.mock.calls.length <= failures) throw new TypeError("Failed to fetch");
    return "there";
  });
  return load;
}

test("chunk: what does not come is asked for again until it is there", async () => {
  const load = line(3);
  const come = chunk(load);
  await vi.advanceTimersByTimeAsync(14_000);
  expect(load).toHaveBeenCalledTimes(3);
  await vi.advanceTimersByTimeAsync(1000);
  expect([await come, load.mock.calls.length]).toEqual(["there", 4]);
});

test("chunk: it is asked for at once when the line is back", async () => {
  const load = line(1);
  const come = chunk(load);
  await vi.advanceTimersByTimeAsync(10);
  window.dispatchEvent(new Event("online"));
  expect(await come).toBe("there");
});
