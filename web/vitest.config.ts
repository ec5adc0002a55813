import { svelte } from "@sveltejs/vite-plugin-svelte";
import { svelteTesting } from "@testing-library/svelte/vite";
import { defineConfig } from "vitest/config";
import { alias } from "./build/shared.ts";

/** Tests of pure code run in Node; a file that needs a document says so in its first line: "// @vitest-environment jsdom". */
export default defineConfig({
  plugins: [svelte(), svelteTesting({ autoCleanup: true })],
  resolve: { alias },
  test: {
    include: ["kit/**/*.test.ts", "widget/**/*.test.ts", "inbox/**/*.test.ts"],
    environment: "node",
    testTimeout: 60_000,
    maxWorkers: 2,
  },
});
