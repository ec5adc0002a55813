import { expect, test } from "vitest";
import type { Group, Row } from "$kit/wire.ts";
import { type Order, begun, inOrder, leave, linesOf, look, step, waitingIn } from "./order";

const group = (id: string, line?: "first_line" | "end_to_end", deleted = false) =>
  ({ id, name: id, policy: "open", ...(line ? { rules: { line } } : {}), ...(deleted ? { deleted } : {}) }) as Group;

test("one sends on from one's own first lines, who oversees from every one", () => {
  const groups = [
    group("desk", "first_line"),
    group("sales", "end_to_end"),
    group("other", "first_line"),
    group("old", "first_line", true),
    group("plain"),
  ];
  expect([...linesOf(groups, { role: "agent", groups: ["desk", "sales", "old", "plain"] })]).toEqual(["desk"]);
  expect([...linesOf(groups, { role: "supervisor", groups: [] })]).toEqual(["desk", "other"]);
});

test("what waits there is what nobody has and nothing is held for, as the queue has it", () => {
  const row = (id: string, grp: string, state = "queued", held?: object) =>
    ({ conversation: { id }, thread: { state, group: grp, ...(held ? { held } : {}) } }) as unknown as Row;
  const rows = [
    row("2", "desk"),
    row("1", "desk"),
    row("3", "sales"),
    row("4", "desk", "active"),
    row("5", "desk", "queued", { kind: "group" }),
  ];
  expect(waitingIn(rows, new Set(["desk"])).map((r) => r.conversation.id)).toEqual(["2", "1"]);
});

test("one stays where one looks, whoever comes before it", () => {
  const first = look(begun, ["a", "b"]);
  expect(first.at).toBe("a");
  expect(look(first, ["z", "a", "b"])).toBe(first);
  expect(look(first, ["z", "b"]).at).toBe("z");
  expect(look(first, []).at).toBeNull();
  expect(look(begun, [])).toBe(begun);
});

test("what is put off comes last, and comes back when it is asked for", () => {
  const waiting = ["a", "b", "c"];
  let order = step(look(begun, waiting), "skip", waiting);
  expect(order).toEqual({ at: "b", put: ["a"], left: [] });
  order = step(order, "skip", waiting);
  expect([order.at, inOrder(order, waiting)]).toEqual(["c", ["c", "a", "b"]]);
  expect(step(order, "back", waiting)).toEqual({ at: "b", put: ["a"], left: [] });
  // Everybody was put off: it begins again with the first of them.
  order = step(order, "skip", waiting);
  expect([order.at, order.put]).toEqual(["a", ["a", "b", "c"]]);
  expect(step(order, "skip", waiting).at).toBe("b");
  expect(step(look(begun, ["a"]), "skip", ["a"]).at).toBe("a");
  const untouched = look(begun, waiting);
  expect(step(untouched, "back", waiting)).toBe(untouched);
});

test("what was sent on is gone at once, and may come back later", () => {
  const waiting = ["a", "b"];
  const order = leave(look(begun, waiting), "a", waiting);
  expect(order).toEqual({ at: "b", put: [], left: ["a"] });
  expect(inOrder(order, waiting)).toEqual(["b"]);
  const gone: Order = look(order, ["b"]);
  expect(gone.left).toEqual([]);
  expect(inOrder(gone, ["a", "b"])).toEqual(["a", "b"]);
  expect(step(begun, "skip", [])).toBe(begun);
});

test("where its row is gone before it is left, the next one stays", () => {
  const next = look(look(begun, ["a", "b"]), ["b"]);
  expect(next.at).toBe("b");
  expect(leave(next, "a", ["b"])).toEqual({ at: "b", put: [], left: [] });
});
