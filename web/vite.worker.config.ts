import { defineConfig } from "vite";
import { alias, target, web } from "./build/shared.ts";

/** The inbox's service worker: one self-contained file beside index.html, whose name must stay. */
export default defineConfig({
  root: `${web}inbox`,
  publicDir: false,
  resolve: { alias },
  build: {
    outDir: `${web}dist/inbox`,
    emptyOutDir: false,
    target,
    lib: { entry: `${web}inbox/sw.ts`, formats: ["iife"], name: "earshotWorker", fileName: () => "sw.js" },
  },
});
