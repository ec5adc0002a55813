import { expect, test } from "vitest";
import { isolated } from "./isolate.ts";

test("a name from right to left is isolated, others and numbers are left as they are", () => {
  expect(isolated({ name: "فاطمة", n: 3 })).toEqual({ name: "\u2068فاطمة\u2069", n: 3 });
  expect(isolated({ name: "שרה כהן" })).toEqual({ name: "\u2068שרה כהן\u2069" });
  expect(isolated({ name: "Zoë 佐藤 👋" })).toEqual({ name: "Zoë 佐藤 👋" });
});
