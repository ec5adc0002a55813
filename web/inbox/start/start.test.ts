import { expect, test } from "vitest";
import { checkOrigins, originOf } from "./origins";
import { passwordHints } from "./password";

test("an origin is taken as the server takes it: lower case, default port left out", () => {
  expect(originOf("https://WWW.Example.com")).toBe("https://www.example.com");
  expect(originOf("https://shop.example:443/")).toBe("https://shop.example");
  expect(originOf("http://localhost:8080")).toBe("http://localhost:8080");
});

test("what is no origin is refused", () => {
  const wrong = [
    "example.com",
    "https://*.example.com",
    "https://a.example/path",
    "https://a.example?q",
    "https://a.example#f",
    "ftp://a.example",
    "https://u:p@a.example",
    "https://",
  ];
  for (const typed of wrong) expect(originOf(typed), typed).toBeNull();
});

test("origins may stand on lines or behind commas", () => {
  expect(checkOrigins("https://a.example,\n https://b.example  c").map((c) => c.origin)).toEqual([
    "https://a.example",
    "https://b.example",
    null,
  ]);
});

test("a password needs twelve characters as people count them", () => {
  expect(passwordHints("short").missing).toBe(7);
  expect(passwordHints(`${"🎉".repeat(3)}abcdefghi`).missing).toBe(0);
  expect(passwordHints("correct horse battery").fine).toBe(true);
});

test("a password that repeats or holds the person's own name is no good", () => {
  expect(passwordHints("abcabcabcabc").fine).toBe(false);
  expect(passwordHints("aaaaaaaaaaaaa").fine).toBe(false);
  expect(passwordHints("lindqvist-2026!", ["Ada Lindqvist", "ada@demo.example"]).personal).toBe(true);
});
