import { quietly, start } from "./start.ts";

const tag = document.currentScript;
quietly(() => start(tag instanceof HTMLScriptElement ? tag : document.querySelector("script[data-site]")));
