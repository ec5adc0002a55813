import { expect, test } from "vitest";
import type { Loss, Row } from "$kit/wire.ts";
import { lossesFor } from "./losses";

const lost = (conversation: string, at: number): Loss => ({
  agent: "me",
  conversation,
  thread: `t_${conversation}`,
  group: "g_1",
  at,
  lead: "ben",
});
const row = { conversation: { id: "c_seen" } } as Row;
const ids = (open: string | null, ...losses: Loss[]) => lossesFor(losses, new Map([["c_seen", row]]), open).map((l) => l.loss.conversation);

test("the newest loss stands first, and those of one moment by their id", () => {
  expect(ids(null, lost("c_b", 1), lost("c_a", 1), lost("c_new", 2), { ...lost("c_old", 0) })).toEqual(["c_new", "c_a", "c_b", "c_old"]);
});

test("what is on the screen says it there; what may not be seen is on no screen", () => {
  expect(ids("c_seen", lost("c_seen", 2), lost("c_hidden", 1))).toEqual(["c_hidden"]);
  expect(ids("c_hidden", lost("c_seen", 2), lost("c_hidden", 1))).toEqual(["c_seen", "c_hidden"]);
});

test("a row goes with the loss only where there is one", () => {
  expect(lossesFor([lost("c_seen", 2), lost("c_hidden", 1)], new Map([["c_seen", row]]), null).map((l) => l.row)).toEqual([row, undefined]);
});
