import { expect, test } from "vitest";
import type { Agent } from "$kit/wire.ts";
import { begun, called, candidates, filled, pieces } from "./mention";

const agent = (id: string, name: string, more: Partial<Agent> = {}): Agent => ({
  id,
  name,
  email: "",
  role: "agent",
  status: "accepting",
  limit: 4,
  groups: [],
  ...more,
});
const team = [
  agent("a_ann", "Ann"),
  agent("a_bel", "Annabel Lee"),
  agent("a_max", "Max Müller"),
  agent("a_gone", "Anton", { disabled: true }),
  agent("a_me", "Andy"),
];

test.each([
  ["@", 1, { at: 0, word: "" }],
  ["hello @an", 9, { at: 6, word: "an" }],
  ["(@max mü", 8, { at: 1, word: "max mü" }],
  ["@an and more", 3, { at: 0, word: "an" }],
  ["line\n@a", 7, { at: 5, word: "a" }],
  ["mia@home", 8, null],
  ["@ an", 4, null],
  ["no", 2, null],
  ["@an\nnext", 8, null],
])("a name that is typed is found: %j", (text, caret, want) => {
  expect(begun(text, caret)).toEqual(want);
});

test("who may be meant: the name itself first, nobody who has left, not oneself", () => {
  expect(candidates(team, "a_me", "an").map((a) => a.id)).toEqual(["a_ann", "a_bel"]);
  expect(candidates(team, "a_me", "mul").map((a) => a.id)).toEqual(["a_max"]);
  expect(candidates(team, "a_me", "lee").map((a) => a.id)).toEqual(["a_bel"]);
  expect(candidates(team, "a_me", "x")).toEqual([]);
  expect(candidates(team, "a_me", "", 2)).toHaveLength(2);
});

test("the name is written out, with one space after it", () => {
  expect(filled("ask @an", 7, 4, "Ann")).toEqual({ text: "ask @Ann ", caret: 9 });
  expect(filled("ask @an now", 7, 4, "Ann")).toEqual({ text: "ask @Ann now", caret: 8 });
});

test("a text calls whole names, each person once, and never its author", () => {
  const nobody = new Set<string>();
  expect(called("@Annabel Lee and @Ann: look, @Ann", team, "a_me", nobody)).toEqual(["a_bel", "a_ann"]);
  expect(called("@Annabel, mia@Ann @Andy @Anton", team, "a_me", nobody)).toEqual([]);
  expect(called("@Max Müller.", team, "a_me", nobody)).toEqual(["a_max"]);
  const twins = [agent("a_1", "Kim"), agent("a_2", "Kim")];
  expect(called("@Kim", twins, "a_me", new Set(["a_2"]))).toEqual(["a_2"]);
  expect(called("@Kim", twins, "a_me", nobody)).toEqual(["a_1"]);
});

test("the pieces are the text", () => {
  for (const text of ["", "plain", "@Ann", "so @Ann, and @Annabel Lee!", "@nobody @Ann"]) {
    expect(
      pieces(text, team)
        .map((p) => p.text)
        .join(""),
    ).toBe(text);
  }
  expect(pieces("so @Ann, yes", team)).toEqual([{ text: "so " }, { text: "@Ann", agent: "a_ann" }, { text: ", yes" }]);
});
