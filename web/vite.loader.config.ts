import { defineConfig } from "vite";
import { alias, target, web } from "./build/shared.ts";

/** The script on the host page: one self-contained file, dist/widget/widget.js. */
export default defineConfig({
  root: `${web}widget`,
  resolve: { alias },
  build: {
    outDir: `${web}dist/widget`,
    emptyOutDir: true,
    target,
    lib: { entry: `${web}widget/loader.ts`, formats: ["iife"], name: "earshotLoader", fileName: () => "widget.js" },
  },
});
