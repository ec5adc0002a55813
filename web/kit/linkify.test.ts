import fc from "fast-check";
import { expect, test } from "vitest";
import { linkify } from "./linkify.ts";

const links = (text: string) => linkify(text).filter((p) => p.href !== undefined);

test.each([
  ["see https://example.com/a?b=c#d.", "https://example.com/a?b=c#d", "https://example.com/a?b=c#d"],
  ["(https://en.wikipedia.org/wiki/Go_(game))", "https://en.wikipedia.org/wiki/Go_(game)", "https://en.wikipedia.org/wiki/Go_(game)"],
  ["www.example.com, please", "www.example.com", "https://www.example.com/"],
  ["write to ann@example.com!", "ann@example.com", "mailto:ann@example.com"],
  ["日本語 https://例え.jp/パス。", "https://例え.jp/パス", "https://xn--r8jz45g.jp/%E3%83%91%E3%82%B9"],
])("linkify finds the address in %j", (text, found, href) => {
  expect(links(text)).toEqual([{ text: found, href }]);
});

test.each([
  "javascript:alert(1)",
  "JaVaScRiPt://example.com/%0aalert(1)",
  "data:text/html,<script>alert(1)</script>",
  "vbscript:msgbox(1)",
  "file:///etc/passwd",
  "https://user:secret@example.com/",
  "https://www.bank.example@evil.example/",
  "http://",
  "https://[",
  "a@b",
  "xhttps://example.com",
])("linkify leaves %j alone", (text) => {
  const hostile = links(text).filter((p) => !(p.href ?? "").startsWith("mailto:"));
  expect(hostile).toEqual([]);
});

test("linkify ends an address before a character that turns its direction", () => {
  expect(links("https://example.com/\u202Egpj.exe")).toEqual([{ text: "https://example.com/", href: "https://example.com/" }]);
  expect(links("https://example.com/\u200B@evil")[0]?.text).toBe("https://example.com/");
});

test("linkify keeps every character and never makes another scheme", () => {
  const part = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 30 }),
    fc.constantFrom(
      "https://",
      "www.",
      "javascript:",
      "@",
      "mailto:",
      ")",
      "(",
      "\u202e",
      "\u0000",
      '"',
      "<",
      "example.com",
      ".",
      "%",
      "\\",
      "//",
    ),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
      const text = parts.join("");
      const pieces = linkify(text);
      expect(pieces.map((p) => p.text).join("")).toBe(text);
      for (const piece of pieces) if (piece.href !== undefined) expect(piece.href).toMatch(/^(https?:\/\/|mailto:)/);
    }),
    { numRuns: 3000 },
  );
});

test("linkify stays fast on a text made to slow it down", () => {
  const hostile = ["a@".repeat(5000), "a.".repeat(5000), "(".repeat(10_000), `https://x${")".repeat(1900)}`.repeat(5), "www.".repeat(2500)];
  const start = performance.now();
  for (const text of hostile) linkify(text);
  expect(performance.now() - start).toBeLessThan(1500);
});
