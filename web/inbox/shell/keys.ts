/** The keys of the inbox: one table for what they do, what the tooltips say, and the help. Pure. */

export type Action =
  | "next"
  | "previous"
  | "open"
  | "back"
  | "take"
  | "take-next"
  | "join"
  | "leave"
  | "requeue"
  | "close"
  | "pass"
  | "invite"
  | "ask"
  | "insert"
  | "tell"
  | "accept"
  | "decline"
  | "reply"
  | "note"
  | "whisper"
  | "take-over"
  | "jump-out"
  | "flag"
  | "wall"
  | "details"
  | "list-my"
  | "list-queue"
  | "list-all"
  | "board"
  | "coaching"
  | "moment"
  | "shadow"
  | "example"
  | "mentions"
  | "promises"
  | "triage"
  | "talks"
  | "search"
  | "command"
  | "help";

export interface Key {
  action: Action;
  /** KeyboardEvent.key. */
  key: string;
  /** Ctrl or ⌘ must be held. */
  command?: boolean;
}

/** keys is every key, in the order of the help. */
export const keys: readonly Key[] = [
  { action: "next", key: "j" },
  { action: "previous", key: "k" },
  { action: "open", key: "Enter" },
  { action: "back", key: "Escape" },
  { action: "accept", key: "y" },
  { action: "decline", key: "x" },
  { action: "take-next", key: "q" },
  { action: "take", key: "a" },
  { action: "join", key: "o" },
  { action: "leave", key: "l" },
  { action: "requeue", key: "b" },
  { action: "pass", key: "t" },
  { action: "invite", key: "i" },
  { action: "ask", key: "c" },
  { action: "insert", key: "f" },
  { action: "tell", key: "g" },
  { action: "close", key: "e" },
  { action: "reply", key: "r" },
  { action: "note", key: "n" },
  { action: "whisper", key: "w" },
  { action: "take-over", key: "v" },
  { action: "jump-out", key: "u" },
  { action: "flag", key: "h" },
  { action: "details", key: "d" },
  { action: "list-my", key: "1" },
  { action: "list-queue", key: "2" },
  { action: "list-all", key: "3" },
  { action: "board", key: "4" },
  { action: "coaching", key: "5" },
  { action: "moment", key: "m" },
  { action: "shadow", key: "s" },
  { action: "example", key: "p" },
  { action: "wall", key: "6" },
  { action: "mentions", key: "7" },
  { action: "promises", key: "8" },
  { action: "triage", key: "9" },
  { action: "talks", key: "0" },
  { action: "search", key: "/" },
  { action: "command", key: "k", command: true },
  { action: "help", key: "?" },
];

/** forAnswering is what only those do who answer visitors: a colleague of another department has no key for it. */
export const forAnswering: ReadonlySet<Action> = new Set<Action>([
  "accept",
  "decline",
  "take-next",
  "take",
  "join",
  "leave",
  "requeue",
  "pass",
  "invite",
  "ask",
  "insert",
  "tell",
  "close",
  "whisper",
  "take-over",
  "jump-out",
  "flag",
  "list-my",
  "list-queue",
  "list-all",
  "board",
  "coaching",
  "moment",
  "shadow",
  "example",
  "wall",
  "promises",
  "triage",
]);

/** Pressed is what of a KeyboardEvent matters here. */
export interface Pressed {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  isComposing: boolean;
  repeat: boolean;
}

/** Where is what the key was pressed in: a field takes letters, a control takes Enter. */
export type Where = "page" | "control" | "field" | "dialog";

/** actionOf is what a key press asks for; null leaves it to the browser. */
export function actionOf(pressed: Pressed, where: Where): Action | null {
  if (pressed.isComposing || pressed.altKey) return null;
  const command = pressed.ctrlKey || pressed.metaKey;
  const found = keys.find((k) => k.key === (command ? pressed.key.toLowerCase() : pressed.key) && (k.command ?? false) === command);
  if (found === undefined) return null;
  if (command) return where === "dialog" ? null : found.action;
  if (where === "field" || where === "dialog") return null;
  if (found.action === "open" && where === "control") return null;
  if (pressed.repeat && found.action !== "next" && found.action !== "previous") return null;
  return found.action;
}

/** whereOf names what an element is for {@link actionOf}. */
export function whereOf(target: EventTarget | null): Where {
  if (!(target instanceof Element)) return "page";
  if (target.closest("dialog, [role=menu]") !== null) return "dialog";
  if (target.closest("input, textarea, select, [contenteditable=true]") !== null) return "field";
  return target.closest("a, button, summary") === null ? "page" : "control";
}

/** keyText is how a key is written on the screen. */
export function keyText(action: Action, mac: boolean): string {
  const found = keys.find((k) => k.action === action);
  if (found === undefined) return "";
  const name = { Enter: "⏎", Escape: "Esc" }[found.key] ?? (found.key.length === 1 ? found.key.toUpperCase() : found.key);
  return found.command ? (mac ? `⌘${name}` : `Ctrl ${name}`) : name;
}
