// Builds the front ends into dist/: the inbox, the widget (loader, then frame),
// and the list of common passwords. A part can be named: "node build/build.mjs inbox".
import { existsSync, mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { writeCommonPasswords } from "./passwords.mjs";

const web = fileURLToPath(new URL("..", import.meta.url));
const parts = [
  { name: "inbox", entry: "inbox/index.html", config: "vite.inbox.config.ts" },
  { name: "inbox", entry: "inbox/sw.ts", config: "vite.worker.config.ts" },
  { name: "widget", entry: "widget/loader.ts", config: "vite.loader.config.ts" },
  { name: "widget", entry: "widget/frame.html", config: "vite.frame.config.ts" },
];

const only = process.argv.slice(2);
mkdirSync(`${web}dist`, { recursive: true });
writeCommonPasswords(`${web}dist/common-passwords.txt`);
for (const { name, entry, config } of parts) {
  if (only.length > 0 && !only.includes(name)) continue;
  if (!existsSync(web + entry)) throw new Error(`build: ${entry} is missing`);
  await build({ configFile: web + config, logLevel: "warn" });
}
