/** The screens of the inbox and their addresses. Pure: no history, no DOM. */

export const settingsSections = [
  "account",
  "replies",
  "sites",
  "team",
  "groups",
  "routes",
  "routing",
  "alerts",
  "paths",
  "installation",
] as const;
export type SettingsSection = (typeof settingsSections)[number];

export const groupParts = ["about", "members", "hours", "distribution", "agreement", "playbook", "watching", "notices"] as const;
/** GroupPart is one of the screens about one Group. */
export type GroupPart = (typeof groupParts)[number];

/** The board as it is now, or how the chats were shared over the weeks. */
export type BoardPart = "now" | "share";

export const coachingParts = ["received", "given", "shadows", "examples"] as const;
/** CoachingPart is one of the screens about learning from each other. */
export type CoachingPart = (typeof coachingParts)[number];

export const promiseParts = ["mine", "groups", "all", "kept"] as const;
/** PromisePart is whose promises are listed, or how many were kept. */
export type PromisePart = (typeof promiseParts)[number];

export type Route =
  | { name: "setup"; token: string }
  | { name: "invite"; token: string }
  | { name: "link"; token: string }
  | { name: "sign-in" }
  /** to is the last of the lines that are marked from `at` on. */
  | { name: "inbox"; conversation: string | null; at: number | null; to?: number }
  /** The team's own talks; at is the message that is marked. */
  | { name: "talks"; talk: string | null; at: number | null }
  | { name: "search"; words: string }
  | { name: "board"; part: BoardPart }
  | { name: "coaching"; part: CoachingPart }
  | { name: "lesson"; conversation: string; thread: string }
  | { name: "wall" }
  | { name: "triage" }
  | { name: "promises"; part: PromisePart; ended: boolean }
  | { name: "settings"; section: SettingsSection; group?: { id: string; part: GroupPart } }
  | { name: "unknown"; path: string };

/** parseRoute reads an address. One-time tokens travel in the fragment, which no server log sees. */
export function parseRoute(address: { pathname: string; search: string; hash: string }): Route {
  const path = address.pathname.length > 1 ? address.pathname.replace(/\/+$/, "") : address.pathname;
  const token = address.hash.replace(/^#/, "");
  const parts = path.split("/").slice(1);
  const query = new URLSearchParams(address.search);
  switch (parts[0]) {
    case "setup":
    case "invite":
    case "link":
      return parts.length === 1 ? { name: parts[0], token } : { name: "unknown", path };
    case "sign-in":
      return { name: "sign-in" };
    case "":
      return { name: "inbox", conversation: null, at: null };
    case "c":
      if (parts.length !== 2 || !parts[1]) return { name: "unknown", path };
      return marked(decode(parts[1]), position(query.get("at")), position(query.get("to")));
    case "talks":
      if (parts.length > 2 || parts[1] === "") return { name: "unknown", path };
      return parts[1] === undefined
        ? { name: "talks", talk: null, at: null }
        : { name: "talks", talk: decode(parts[1]), at: position(query.get("at")) };
    case "search":
      return { name: "search", words: query.get("q") ?? "" };
    case "board":
      if (parts.length === 1) return { name: "board", part: "now" };
      return parts.length === 2 && parts[1] === "share" ? { name: "board", part: "share" } : { name: "unknown", path };
    case "coaching":
      return coaching(parts, path);
    case "wall":
    case "triage":
      return parts.length === 1 ? { name: parts[0] } : { name: "unknown", path };
    case "promises": {
      const part = parts.length === 1 ? "mine" : promiseParts.find((name) => name === parts[1]);
      return part === undefined || parts.length > 2 ? { name: "unknown", path } : { name: "promises", part, ended: query.has("ended") };
    }
    case "settings":
      return settings(parts, path);
  }
  return { name: "unknown", path };
}

function settings(parts: string[], path: string): Route {
  if (parts.length === 1) return { name: "settings", section: "account" };
  const section = settingsSections.find((name) => name === parts[1]);
  if (section === undefined) return { name: "unknown", path };
  if (parts.length === 2) return { name: "settings", section };
  const part = parts.length === 3 ? "about" : groupParts.find((name) => name === parts[3]);
  if (section !== "groups" || !parts[2] || part === undefined || parts.length > 4) return { name: "unknown", path };
  return { name: "settings", section, group: { id: decode(parts[2]), part } };
}

function marked(conversation: string, at: number | null, to: number | null): Route {
  return { name: "inbox", conversation, at, ...(at !== null && to !== null && to > at ? { to } : {}) };
}

function coaching(parts: string[], path: string): Route {
  const [, first, conversation, thread] = parts;
  if (first === "learn" && conversation && thread && parts.length === 4)
    return { name: "lesson", conversation: decode(conversation), thread: decode(thread) };
  const part = first === undefined ? "received" : coachingParts.find((name) => name === first);
  return part === undefined || parts.length > 2 ? { name: "unknown", path } : { name: "coaching", part };
}

function position(text: string | null): number | null {
  const value = Number(text);
  return text !== null && Number.isSafeInteger(value) && value > 0 ? value : null;
}

/** A path that is no valid percent-encoding stands for itself. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** addressOf is the address of a route, without a fragment: a token never goes back into the bar. */
export function addressOf(route: Route): string {
  switch (route.name) {
    case "inbox": {
      if (route.conversation === null) return "/";
      const to = route.to === undefined ? "" : `&to=${route.to}`;
      const at = route.at === null ? "" : `?at=${route.at}${to}`;
      return `/c/${encodeURIComponent(route.conversation)}${at}`;
    }
    case "talks": {
      if (route.talk === null) return "/talks";
      return `/talks/${encodeURIComponent(route.talk)}${route.at === null ? "" : `?at=${route.at}`}`;
    }
    case "search":
      return route.words === "" ? "/search" : `/search?q=${encodeURIComponent(route.words)}`;
    case "board":
      return route.part === "now" ? "/board" : `/board/${route.part}`;
    case "coaching":
      return route.part === "received" ? "/coaching" : `/coaching/${route.part}`;
    case "lesson":
      return `/coaching/learn/${encodeURIComponent(route.conversation)}/${encodeURIComponent(route.thread)}`;
    case "promises":
      return `/promises${route.part === "mine" ? "" : `/${route.part}`}${route.ended ? "?ended" : ""}`;
    case "settings": {
      const group = route.group === undefined ? "" : `/${encodeURIComponent(route.group.id)}`;
      const inside = route.group === undefined || route.group.part === "about" ? "" : `/${route.group.part}`;
      return `/settings/${route.section}${group}${inside}`;
    }
    case "unknown":
      return route.path;
    default:
      return `/${route.name}`;
  }
}
