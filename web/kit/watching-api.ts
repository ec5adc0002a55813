import type { Call } from "./api.ts";
import type { AgentMessage } from "./agent-api.ts";
import type { AgentId, ConversationId, Done, ObservationPage, WallChat, WatchHours, WatchMark } from "./wire.ts";

const marked = (mark?: WatchMark) => ({ before: mark?.began, before_id: mark?.id });

/** watching are the operations about watching, whispering, stepping in and asking for help. */
export function watching(call: Call) {
  const act = (id: ConversationId, name: string, body: object) =>
    call<Done>("POST", `/v1/conversations/${encodeURIComponent(id)}/${name}`, { body });
  return {
    watch: (id: ConversationId, key: string) => act(id, "watch", { key }),
    unwatch: (id: ConversationId, key: string) => act(id, "unwatch", { key }),
    watchMe: (id: ConversationId, key: string, agent: AgentId) => act(id, "watch-me", { key, agent }),
    whisper: (id: ConversationId, message: AgentMessage) => act(id, "whispers", message),
    jumpIn: (id: ConversationId, key: string, text: string) => act(id, "jump-in", text === "" ? { key } : { key, text }),
    jumpOut: (id: ConversationId, key: string) => act(id, "jump-out", { key }),
    takeOver: (id: ConversationId, key: string, from: AgentId, reason: string) => act(id, "take-over", { key, from, reason }),
    askForHelp: (id: ConversationId, key: string, reason: string) => act(id, "help", reason === "" ? { key } : { key, reason }),
    takeHelp: (id: ConversationId, key: string) => act(id, "take-help", { key }),
    returnHelp: (id: ConversationId, key: string) => act(id, "return-help", { key }),
    helpSettled: (id: ConversationId, key: string) => act(id, "help-settled", { key }),
    wall: () => call<{ chats: WallChat[] }>("GET", "/v1/wall"),
    myObservations: (mine: boolean, before?: WatchMark) =>
      call<ObservationPage>("GET", "/v1/me/observations", { query: { mine: mine ? "true" : undefined, ...marked(before) } }),
    observations: (agent: AgentId, before?: WatchMark) =>
      call<ObservationPage>("GET", "/v1/observations", { query: { agent: agent || undefined, ...marked(before) } }),
    watchHours: (days: number) => call<{ hours: WatchHours[] }>("GET", "/v1/observations/hours", { query: { days } }),
    helpWords: () => call<{ words: string[] }>("GET", "/v1/admin/help-words"),
    setHelpWords: (words: string[]) => call<{ words: string[] }>("PUT", "/v1/admin/help-words", { body: { words } }),
  };
}
