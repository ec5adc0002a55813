import { quietly, start } from "./start.ts";

const tag = (document.currentScript ?? document.querySelector("script[data-site]")) as HTMLScriptElement | null;
quietly(() => start(tag));
