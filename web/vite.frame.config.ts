import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";
import { alias, target, web } from "./build/shared.ts";

/**
 * The widget's frame: dist/widget/frame.html, served at /frame, and
 * dist/widget/widget-assets, served at /widget-assets/. It is built after the
 * loader, into the same folder.
 */
export default defineConfig({
  root: `${web}widget`,
  base: "/",
  plugins: [
    {
      // No chunk of the frame has a sheet or a chunk of its own to load before it: a plain import is enough.
      name: "plain-import",
      enforce: "pre",
      load: (id) => (id.includes("vite/preload-helper") ? "export const __vitePreload = (load) => load();" : null),
    },
    svelte({
      configFile: `${web}svelte.config.js`,
      // Names instead of hashes pack better: the frame has a budget.
      compilerOptions: { cssHash: ({ name }) => `in-${name.toLowerCase()}`, discloseVersion: false },
    }),
  ],
  resolve: { alias },
  build: {
    outDir: `${web}dist/widget`,
    emptyOutDir: false,
    assetsDir: "widget-assets",
    target,
    modulePreload: false,
    assetsInlineLimit: 0,
    rolldownOptions: { input: `${web}widget/frame.html` },
  },
});
