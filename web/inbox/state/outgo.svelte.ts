/** What the agent writes: messages on their way, and drafts. */
import { type Drafts, drafts as makeDrafts } from "$kit/drafts.ts";
import { type NewOutgoing, type Outbox, type Outgoing, outbox as makeOutbox } from "$kit/outbox.ts";
import { indexedDbStore } from "$kit/outbox-store.ts";
import type { Down, Draft, Done } from "$kit/wire.ts";
import { t } from "../texts";
import type { Inbox } from "./inbox.svelte";
import { api } from "./server";
import { say } from "./toasts.svelte";

/** Outgo sends each message once and keeps every draft. */
export interface Outgo {
  /** Messages that the server has not acknowledged, oldest first. */
  readonly items: readonly Outgoing[];
  readonly drafts: Drafts;
  put(message: NewOutgoing): Outgoing;
  retry: Outbox["retry"];
  discard(key: string): void;
  /** take gives a refused or waiting message back for editing; null where it had arrived or nobody knows. */
  take(key: string): Promise<Outgoing | null>;
  wake(): void;
  /** heard forgets the draft of what this person sent from another tab or device. */
  heard(frame: Down): void;
  clear(): Promise<void>;
  stop(): void;
}

/** createOutgo opens the outbox and the drafts of an agent. */
export function createOutgo(me: string, inbox: Inbox): Outgo {
  let items = $state.raw<readonly Outgoing[]>([]);
  const drafts = makeDrafts({
    name: me,
    local: window.localStorage,
    save: async ({ conversation, voice, text }) => (await api.saveDraft(conversation, voice, text)).version,
  });
  const box = makeOutbox<Done>({
    name: `agent-${me}`,
    store: indexedDbStore(`agent-${me}`),
    send: (item) => {
      const message = { key: item.key, text: item.text, files: item.files.map((f) => f.id), typing_ms: item.typingMs };
      if (item.talk !== undefined)
        return api.sayInTalk(item.key, item.conversation, { ...message, ...item.talk, mentions: item.mentions ?? [] });
      const made = { ...message, replies: item.replies ?? [] };
      if (item.voice === "whisper") return api.whisper(item.conversation, message);
      return item.voice === "note"
        ? api.addNote(item.conversation, { ...made, mentions: item.mentions ?? [], grant: item.grant ?? false })
        : api.postMessage(item.conversation, { ...made, seen: item.seen });
    },
    onSent: (_, done) => inbox.dispatch({ type: "done", done }),
    onChange: (now) => {
      items = [...now];
    },
    onVolatile: () => say(t("outbox.volatile"), { tone: "danger" }),
  });
  items = [...box.items()];
  let merged: readonly Draft[] | null = null;
  const endMerging = $effect.root(() => {
    $effect(() => {
      const served = inbox.state.drafts;
      // Before the first snapshot nothing is known: that is not a server without drafts.
      if (!inbox.ready) return;
      if (served !== merged) drafts.merge(served);
      merged = served;
    });
  });
  const flush = () => {
    if (document.visibilityState === "hidden") void drafts.flush();
  };
  document.addEventListener("visibilitychange", flush);
  window.addEventListener("online", box.wake);

  return {
    get items() {
      return items;
    },
    drafts,
    put: box.put,
    retry: box.retry,
    discard: box.discard,
    take: async (key) => {
      const answer = await box.take(key);
      if (answer.outcome === "taken") return answer.item;
      say(t(answer.outcome === "sent" ? "outgoing.had-arrived" : "outgoing.unknown"));
      return null;
    },
    wake: box.wake,
    heard: (frame) => {
      if (frame.type === "event" && frame.event.actor.id === me) drafts.heard(frame.event);
    },
    clear: async () => {
      await drafts.flush().catch(() => undefined);
      await box.clear();
    },
    stop: () => {
      endMerging();
      document.removeEventListener("visibilitychange", flush);
      window.removeEventListener("online", box.wake);
      box.close();
    },
  };
}
