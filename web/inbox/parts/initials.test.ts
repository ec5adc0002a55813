import { expect, test } from "vitest";
import { initials } from "./initials";

test("initials are the first and the last word's first letters", () => {
  expect(initials("Maria del Carmen Fernández")).toBe("MF");
  expect(initials("zoë")).toBe("Z");
  expect(initials("佐藤 健")).toBe("佐健");
});

test("a grapheme is never cut in two, and signs are left out", () => {
  expect(initials("👩‍👩‍👧 Family")).toBe("👩‍👩‍👧F");
  expect(initials("Flow Visitor <b>x</b>")).toBe("FV");
  expect(initials("<script>")).toBe("<");
  expect(initials("   ")).toBe("");
});
