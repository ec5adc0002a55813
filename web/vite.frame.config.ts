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
  plugins: [svelte({ configFile: `${web}svelte.config.js` })],
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
