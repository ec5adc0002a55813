import { fileURLToPath } from "node:url";

/** web is the folder that holds package.json. */
export const web = fileURLToPath(new URL("..", import.meta.url));

/** alias lets every room import the kit as "$kit/…". */
export const alias = { $kit: `${web}kit` };

/** target is the oldest browser generation that the front ends are built for. */
export const target = "es2022";
