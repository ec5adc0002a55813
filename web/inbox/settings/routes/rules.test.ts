import fc from "fast-check";
import { expect, test } from "vitest";
import type { Condition, RouteRule } from "$kit/rules.ts";
import * as rules from "./rules";

const rule = (name: string, when: Condition[] = []): RouteRule => ({ id: `r_${name}`, name, when, group: "g_sales" });
const names = (list: RouteRule[]) => list.map((r) => r.name).join("");

test("a rule moves one place and stays at an end", () => {
  const list = [rule("a"), rule("b"), rule("c")];
  expect(names(rules.moved(list, 0, 1))).toBe("bac");
  expect(names(rules.moved(list, 2, -1))).toBe("acb");
  expect(names(rules.moved(list, 0, -1))).toBe("abc");
  expect(names(rules.moved(list, 2, 1))).toBe("abc");
});

test("moving there and back changes nothing, and no rule is ever lost", () => {
  fc.assert(
    fc.property(fc.array(fc.integer(), { minLength: 2 }), fc.nat(), (list, seed) => {
      const at = seed % (list.length - 1);
      const down = rules.moved(list, at, 1);
      expect([...down].sort()).toEqual([...list].sort());
      expect(rules.moved(down, at + 1, -1)).toEqual(list);
    }),
  );
});

test("a copy stands right behind its rule and is a new one", () => {
  const list = rules.copied([rule("a"), rule("b")], 0, "a2");
  expect(names(list)).toBe("aa2b");
  expect(list[1]?.id).toBe("");
});

test("another field keeps the comparison and the values where they still make sense", () => {
  const path: Condition = { field: "path", op: "contains", values: ["/shop"], not: true };
  expect(rules.withField(path, "url")).toEqual({ field: "url", op: "contains", values: ["/shop"], not: true });
  expect(rules.withField(path, "country")).toEqual({ field: "country", op: "is", values: ["/shop"], not: true });
  expect(rules.withField(path, "site")).toEqual({ field: "site", op: "is", values: [], not: true });
  const data: Condition = { field: "data", key: "plan", op: "is", values: ["pro"] };
  expect(rules.withField(data, "query").key).toBe("plan");
  expect(rules.withField(data, "path")).not.toHaveProperty("key");
});

test("every field offers a comparison that its condition may begin with", () => {
  for (const field of rules.fields) {
    const next = rules.withField(rules.newCondition(), field);
    expect(rules.opsOf(field)).toContain(next.op);
  }
});

test("what is only to be known has no values, and negation can be taken back", () => {
  const c: Condition = { field: "data", key: "plan", op: "is", values: ["pro"], not: true };
  expect(rules.withOp(c, "exists", false)).toEqual({ field: "data", key: "plan", op: "exists", values: [] });
});

test.each<[Condition, string | null]>([
  [{ field: "data", op: "is", values: ["x"] }, "key"],
  [{ field: "path", op: "is", values: [] }, "value"],
  [{ field: "path", op: "is" }, "value"],
  [{ field: "data", key: "plan", op: "exists" }, null],
  [{ field: "visits", op: "at_least", values: ["3"] }, null],
  [{ field: "visits", op: "at_least", values: ["many"] }, "number"],
  [{ field: "visits", op: "is", values: ["three"] }, "number"],
  [{ field: "query", op: "is", values: ["a=b"] }, null],
])("the condition %j: %s", (condition, problem) => {
  expect(rules.conditionProblem(condition)).toBe(problem);
});

test("a rule needs a name, a group that is there, and whole conditions", () => {
  const good = rule("a", [{ field: "path", op: "prefix", values: ["/shop"] }]);
  expect(rules.flawless([good], ["g_sales"])).toBe(true);
  expect(rules.flawless([good], ["g_other"])).toBe(false);
  expect(rules.flawless([{ ...good, name: "  " }], ["g_sales"])).toBe(false);
  expect(rules.flawless([rules.newRule("g_sales")], ["g_sales"])).toBe(false);
});

test("rules behind one without conditions never decide, unless that one is off", () => {
  const open = { ...rule("b"), when: [] };
  const c = rule("c", [{ field: "path", op: "is", values: ["/"] }]);
  expect(rules.shadowed([c, open, c, { ...c, off: true }])).toEqual([2]);
  expect(rules.shadowed([c, { ...open, off: true }, c])).toEqual([]);
});

test("custom data is read line by line", () => {
  expect(rules.dataOf("plan = pro\n\n cart: 3 \nvip\n= lost")).toEqual({ plan: "pro", cart: "3", vip: "" });
});
