import openapi, { astToString, COMMENT_HEADER } from "openapi-typescript";
import { expect, test } from "vitest";

const [description] = Object.values(import.meta.glob<string>("../../docs/openapi.yaml", { query: "?raw", import: "default", eager: true }));
const [generated] = Object.values(import.meta.glob<string>("./api.gen.ts", { query: "?raw", import: "default", eager: true }));

test.skipIf(description === undefined)(
  "api.gen.ts is what docs/openapi.yaml gives: run `npm run types` (skipped where there is no description)",
  async () => {
    const fresh = COMMENT_HEADER + astToString(await openapi(description ?? ""));
    expect(generated === fresh, "run `npm run types` and commit kit/api.gen.ts").toBe(true);
  },
);
