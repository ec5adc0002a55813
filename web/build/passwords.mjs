import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const wanted = 1000;

/**
 * Writes the commonest passwords, commonest first, one a line: the server
 * refuses them at first start.
 * @param {string} file
 */
export function writeCommonPasswords(file) {
  const entry = createRequire(import.meta.url).resolve("@zxcvbn-ts/language-common");
  /** @type {unknown} */
  const list = JSON.parse(readFileSync(join(dirname(entry), "..", "src", "passwords.json"), "utf8"));
  if (!Array.isArray(list) || list.length < wanted) throw new Error("build: the list of common passwords has changed its form");
  writeFileSync(file, `${list.slice(0, wanted).join("\n")}\n`);
}
