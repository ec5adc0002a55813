import type { ConversationId, Draft, Event, Voice } from "./wire.ts";

/** KeyValue is localStorage or something like it. Every method may throw: storage can be blocked or full. */
export interface KeyValue {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** DraftsOptions say where drafts live. */
export interface DraftsOptions {
  /** Names the person: drafts of another person on the same device are another's. */
  name: string;
  local: KeyValue;
  /** Stores a draft on the server and answers its new version; absent for visitors. "" deletes it. */
  save?: (draft: { conversation: ConversationId; voice: Voice; text: string }) => Promise<number>;
  /** How long after the last key press a draft is saved on the server. */
  saveAfterMs?: number;
  env?: { setTimeout: (run: () => void, ms: number) => number; clearTimeout: (id: number) => void };
}

/** Drafts keeps unsent text, per conversation and voice: on this device at once, on the server soon after. */
export interface Drafts {
  get(conversation: ConversationId, voice: Voice): string;
  /** set keeps a text; "" forgets it. */
  set(conversation: ConversationId, voice: Voice, text: string): void;
  /** sent forgets a draft because it was sent: it never comes back, whatever an older answer says. */
  sent(conversation: ConversationId, voice: Voice): void;
  /** merge takes the server's drafts of a snapshot. What was changed here and is not saved yet wins over the server's. */
  merge(drafts: readonly Draft[]): void;
  /** heard forgets the draft of a message that this person sent from another device. */
  heard(event: Event): void;
  /** flush saves what is pending now. */
  flush(): Promise<void>;
}

/** Kept is a draft as this device has it. */
interface Kept {
  text: string;
  /** The server's version that it is based on. */
  version: number;
  /** Changed since the server was told. */
  dirty: boolean;
}

/** drafts makes Drafts. */
export function drafts(options: DraftsOptions): Drafts {
  const box = newBox(options);
  return {
    get: (conversation, voice) => read(box, keyOf(conversation, voice)).text,
    set: (conversation, voice, text) => {
      if (read(box, keyOf(conversation, voice)).text !== text) edit(box, conversation, voice, text);
    },
    sent: (conversation, voice) => {
      edit(box, conversation, voice, "");
      void push(box, conversation, voice);
    },
    merge: (all) => merge(box, all),
    heard: (event) => {
      if (event.kind !== "message" && event.kind !== "note" && event.kind !== "whisper") return;
      const voice: Voice = event.kind === "message" ? "reply" : event.kind;
      const text = read(box, keyOf(event.conversation, voice)).text;
      if (text !== "" && text.trim() === event.body.text.trim()) edit(box, event.conversation, voice, "");
    },
    flush: async () => {
      await Promise.all([...box.timers.values()].map(({ conversation, voice }) => push(box, conversation, voice)));
    },
  };
}

interface Box {
  options: DraftsOptions;
  prefix: string;
  /** Drafts that could not be kept on the device. */
  memory: Map<string, Kept>;
  timers: Map<string, { id: number; conversation: ConversationId; voice: Voice }>;
  /** Raised at each change, so that an answer to an older save is known as such. */
  turns: Map<string, number>;
  env: { setTimeout: (run: () => void, ms: number) => number; clearTimeout: (id: number) => void };
}

function newBox(options: DraftsOptions): Box {
  const env = options.env ?? {
    setTimeout: (run: () => void, ms: number) => setTimeout(run, ms) as unknown as number,
    clearTimeout: (id: number) => clearTimeout(id),
  };
  return { options, prefix: `earshot.draft.${options.name}.`, memory: new Map(), timers: new Map(), turns: new Map(), env };
}

function edit(box: Box, conversation: ConversationId, voice: Voice, text: string): void {
  const key = keyOf(conversation, voice);
  box.turns.set(key, (box.turns.get(key) ?? 0) + 1);
  write(box, key, { ...read(box, key), text, dirty: box.options.save !== undefined });
  if (box.options.save === undefined) return;
  box.env.clearTimeout(box.timers.get(key)?.id ?? 0);
  const id = box.env.setTimeout(() => void push(box, conversation, voice), box.options.saveAfterMs ?? 1500);
  box.timers.set(key, { id, conversation, voice });
}

/** push tells the server. A save that fails is repeated with the next change, and with the next snapshot. */
async function push(box: Box, conversation: ConversationId, voice: Voice): Promise<void> {
  const key = keyOf(conversation, voice);
  box.env.clearTimeout(box.timers.get(key)?.id ?? 0);
  box.timers.delete(key);
  const turn = box.turns.get(key);
  try {
    const version = await box.options.save?.({ conversation, voice, text: read(box, key).text });
    if (version === undefined) return;
    const now = read(box, key);
    write(box, key, { ...now, version: Math.max(now.version, version), dirty: now.dirty && box.turns.get(key) !== turn });
  } catch {
    // Still dirty: it wins over whatever the server has.
  }
}

function merge(box: Box, all: readonly Draft[]): void {
  const seen = new Set<string>();
  for (const draft of all) {
    const key = keyOf(draft.conversation, draft.voice);
    seen.add(key);
    const kept = read(box, key);
    if (kept.dirty) void push(box, draft.conversation, draft.voice);
    else if (draft.version > kept.version) write(box, key, { text: draft.text, version: draft.version, dirty: false });
  }
  for (const key of keys(box)) if (!seen.has(key) && !read(box, key).dirty) write(box, key, { ...read(box, key), text: "" });
}

/** keys lists the drafts that this device keeps with a text. */
function keys(box: Box): string[] {
  const index = readIndex(box);
  return [...new Set([...index, ...box.memory.keys()])].filter((key) => read(box, key).text !== "");
}

function keyOf(conversation: ConversationId, voice: Voice): string {
  return `${conversation}.${voice}`;
}

const nothing: Kept = { text: "", version: 0, dirty: false };

function read(box: Box, key: string): Kept {
  const held = box.memory.get(key);
  if (held !== undefined) return held;
  try {
    return { ...nothing, ...(JSON.parse(box.options.local.getItem(box.prefix + key) ?? "{}") as Partial<Kept>) };
  } catch {
    return nothing;
  }
}

function write(box: Box, key: string, kept: Kept): void {
  try {
    const gone = kept.text === "" && !kept.dirty && kept.version === 0;
    if (gone) box.options.local.removeItem(box.prefix + key);
    else box.options.local.setItem(box.prefix + key, JSON.stringify(kept));
    box.options.local.setItem(`${box.prefix}index`, JSON.stringify([...new Set([...readIndex(box), key])]));
    box.memory.delete(key);
  } catch {
    box.memory.set(key, kept);
  }
}

function readIndex(box: Box): string[] {
  try {
    const index: unknown = JSON.parse(box.options.local.getItem(`${box.prefix}index`) ?? "[]");
    return Array.isArray(index) ? index.filter((key) => typeof key === "string") : [];
  } catch {
    return [];
  }
}
