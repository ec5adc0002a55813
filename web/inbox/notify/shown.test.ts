// @vitest-environment jsdom
import { afterEach, expect, test, vi } from "vitest";
import { closeShown } from "./shown";

afterEach(() => vi.unstubAllGlobals());

test("an alert that ends takes down its own notification, and none of the others about the chat", async () => {
  const closed: string[] = [];
  const shown = ["al_mention", "al_transfer", ""].map((alert) => ({
    tag: `${alert}:c_1`,
    data: { alert, conversation: "c_1" },
    close: () => closed.push(alert),
  }));
  const foreign = { tag: "other", data: null, close: () => closed.push("foreign") };
  vi.stubGlobal("navigator", { serviceWorker: { getRegistration: async () => ({ getNotifications: async () => [...shown, foreign] }) } });
  await closeShown("al_transfer");
  expect(closed).toEqual(["al_transfer"]);
});
