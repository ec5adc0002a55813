/** A rule's conditions in words. */
import type { Condition, Op } from "$kit/rules.ts";
import { countryName, languageName } from "../../texts";
import { type WordKey, w } from "../words";

/** opText is a comparison in words, short where it stands inside a sentence. */
export function opText(op: Op, not: boolean, short = false): string {
  const key = `${not ? "not." : ""}${op}` as "is";
  return short && op === "glob" ? w(`op.short.${key}` as WordKey) : w(`op.${key}`);
}

/** conditionText is a condition as a sentence's part: "Path of the page begins with /shop or /cart". */
export function conditionText(c: Condition, siteName: (id: string) => string): string {
  const what = c.key ? `${w(`field.${c.field}`)} “${c.key}”` : w(`field.${c.field}`);
  const values = (c.values ?? []).map((value) => valueText(c, value, siteName)).join(` ${w("condition.or")} `);
  return [what, opText(c.op, c.not ?? false, true), values].filter((part) => part !== "").join(" ");
}

function valueText(c: Condition, value: string, siteName: (id: string) => string): string {
  if (c.field === "site") return siteName(value);
  if (c.op !== "is") return value;
  if (c.field === "country" && /^[a-z]{2}$/iu.test(value)) return countryName(value.toUpperCase());
  return c.field === "language" && /^[a-z]{2,3}(-[a-z]+)?$/iu.test(value) ? languageName(value) : value;
}
