import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";
import { alias, target, web } from "./build/shared.ts";

const server = process.env["EARSHOT_DEV"] ?? "http://127.0.0.1:8080";

/** The agents' application: dist/inbox/index.html and dist/inbox/assets, served at "/". */
export default defineConfig({
  root: `${web}inbox`,
  base: "/",
  plugins: [svelte({ configFile: `${web}svelte.config.js` })],
  resolve: { alias },
  build: { outDir: `${web}dist/inbox`, emptyOutDir: true, target, modulePreload: { polyfill: false }, assetsInlineLimit: 0 },
  server: { proxy: { "/v1": { target: server, ws: true } } },
});
