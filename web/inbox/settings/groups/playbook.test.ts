import { expect, test } from "vitest";
import type { Chapters } from "$kit/playbook-api.ts";
import { codeOf, mayAdd, tidied, withCodes } from "./playbook";

const chapters = (transfer: Partial<Chapters["transfer"]>): Chapters => ({
  transfer: { held: {}, ...transfer },
  group_chat: {},
  jump_in: {},
});

test("playbook: a code is made of a reason's words as the server makes it", () => {
  for (const [text, want] of [
    [" VAT & tax ", "vat-tax"],
    ["請求書", "請求書"],
    ["…", ""],
    ["Größe 42", "größe-42"],
    ["x".repeat(60), "x".repeat(36)],
  ] as const)
    expect(codeOf(text)).toBe(want);
});

test("playbook: a code that is there stays when the words change, and none is given twice", () => {
  const before = withCodes([
    { code: "", label: "VAT" },
    { code: "", label: "vat!" },
    { code: "old", label: "New words" },
    { code: "", label: " " },
    { code: "", label: "?" },
  ]);
  expect(before.map((r) => r.code)).toEqual(["vat", "vat-2", "old", "", "reason"]);
  expect(withCodes(before.map((r) => ({ ...r, label: `${r.label} more` }))).map((r) => r.code)).toEqual([
    "vat",
    "vat-2",
    "old",
    "more",
    "reason",
  ]);
});

test("playbook: empty rows are left out, and questions keep no reason that is gone", () => {
  const tidy = tidied(
    chapters({
      reasons: [
        { code: "vat", label: "VAT" },
        { code: "gone", label: " " },
      ],
      questions: [
        { id: "q1", text: "Which?", reasons: ["vat", "gone"] },
        { id: "", text: "  " },
      ],
    }),
  ).transfer;
  expect(tidy.reasons).toEqual([{ code: "vat", label: "VAT" }]);
  expect(tidy.questions).toEqual([{ id: "q1", text: "Which?", reasons: ["vat"] }]);
});

test("playbook: no more rows than fit", () => {
  expect(mayAdd(chapters({}))).toEqual({ reason: true, question: true });
  const full = chapters({ reasons: Array(20).fill({ code: "", label: "" }), questions: Array(10).fill({ id: "", text: "" }) });
  expect(mayAdd(full)).toEqual({ reason: false, question: false });
});
