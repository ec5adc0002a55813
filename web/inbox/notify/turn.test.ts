import { afterEach, expect, test, vi } from "vitest";
import { inTurn } from "./turn";

afterEach(() => vi.unstubAllGlobals());

/** Locks as a browser has them: one after the other, and given up when the signal says so. */
function browserLocks() {
  let last: Promise<unknown> = Promise.resolve();
  return {
    request: (_name: string, { signal }: { signal: AbortSignal }, work: () => Promise<unknown>) => {
      const before = last;
      const turn = Promise.race([
        before,
        new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error))),
      ]).then(work);
      last = Promise.allSettled([before, turn]);
      return turn;
    },
  };
}

test("who shows and who looks take turns, also after one that failed", async () => {
  vi.stubGlobal("navigator", { locks: browserLocks() });
  const order: string[] = [];
  const slow = inTurn(async () => {
    order.push("show");
    await Promise.resolve().then(() => undefined);
    order.push("shown");
    throw new Error("blocked");
  });
  const next = inTurn(async () => order.push("look"));
  await expect(slow).rejects.toThrow("blocked");
  await next;
  expect(order).toEqual(["show", "shown", "look"]);
});

test("one that never ends does not keep a push from being shown", async () => {
  vi.useFakeTimers();
  const soon = new AbortController();
  vi.spyOn(AbortSignal, "timeout").mockImplementation((ms) => {
    setTimeout(() => soon.abort(new DOMException("late", "TimeoutError")), ms);
    return soon.signal;
  });
  vi.stubGlobal("navigator", { locks: browserLocks() });
  void inTurn(() => new Promise(() => undefined));
  const shown = inTurn(async () => "shown");
  await vi.advanceTimersByTimeAsync(3000);
  await expect(shown).resolves.toBe("shown");
  vi.useRealTimers();
});

test("a browser without locks goes on", async () => {
  vi.stubGlobal("navigator", {});
  await expect(inTurn(async () => "shown")).resolves.toBe("shown");
});
