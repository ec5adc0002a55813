import { isColour } from "$kit/colour.ts";
import { own, ownText } from "./bridge.ts";

/** Config is what the server writes into the frame's page. */
export interface Config {
  site: string;
  /** The origins of pages that may carry the widget, exactly. */
  origins: readonly string[];
  accent: string;
  language: string;
  greeting: string;
}

/** readConfig reads it from the page; a page without one talks to nobody. */
export function readConfig(document: Document): Config {
  const content = document.querySelector('meta[name="earshot-config"]')?.getAttribute("content") ?? "";
  const value = parse(content);
  const origins = own(value, "origins");
  const accent = ownText(value, "accent");
  return {
    site: ownText(value, "site"),
    origins: Array.isArray(origins) ? origins.filter((o) => typeof o === "string") : [],
    accent: isColour(accent) ? accent : "#2f6feb",
    language: ownText(value, "language"),
    greeting: ownText(value, "greeting"),
  };
}

function parse(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return {};
  }
}
