import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";

/** The built files as text; none where the front ends have not been built. */
const built = import.meta.glob<string>(["../dist/widget/widget.js", "../dist/widget/frame.html", "../dist/widget/widget-assets/*"], {
  query: "?raw",
  import: "default",
  eager: true,
});
const loader = built["../dist/widget/widget.js"];
const frame = built["../dist/widget/frame.html"];

/** gzip is the size of a built file. It is read from the disk, since a style sheet that vitest imports is empty. */
function gzip(name: string): number {
  return gzipSync(readFileSync(new URL(`../dist/widget/${name}`, import.meta.url)), { level: 9 }).byteLength;
}

test.skipIf(loader === undefined)("budget: the loader on the host's page is at most 4 KB gzip (skipped where it is not built)", () => {
  expect(gzip("widget.js")).toBeLessThanOrEqual(4096);
});

test.skipIf(frame === undefined)("budget: the frame's first screen is at most 35 KB gzip (skipped where it is not built)", () => {
  const names = [...(frame ?? "").matchAll(/(?:src|href)="\/(widget-assets\/[^"]+)"/g)].map((m) => m[1] ?? "");
  expect(names.length).toBeGreaterThanOrEqual(2);
  const first = names.map((name) => built[`../dist/widget/${name}`] ?? "");
  // What the entry imports statically comes with the first screen as well.
  for (const text of first) expect([...text.matchAll(/(?:^|;)import[^(]*?from\s*[`"']\.\/([^`"']+)/g)].map((m) => m[1])).toEqual([]);
  // As internal/archtest counts: the page itself as well. Go's gzip, which decides there, packs some 200 bytes worse.
  const sizes = ["frame.html", ...names].map(gzip);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(35 * 1024);
});

test.skipIf(loader === undefined)(
  "budget: the loader leaves no name on the page but Earshot, and speaks to no origin at large (skipped where it is not built)",
  () => {
    expect(loader).toMatch(/^\(function\(/);
    for (const text of Object.values(built)) expect(text).not.toMatch(/postMessage\([^)]*[`"']\*[`"']/);
  },
);

test.skipIf(frame === undefined)(
  "budget: the frame's page has no inline script or style, which its policy forbids (skipped where it is not built)",
  () => {
    expect(frame).not.toMatch(/<style|style="|<script(?![^>]*\ssrc=)|\son\w+="/);
    expect(frame).toContain("<!--earshot:config-->");
  },
);
