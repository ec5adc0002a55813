import type { Call } from "./api.ts";
import type { AgentId, ConversationId, Done, GroupId } from "./wire.ts";

/** AskingAside is a question to a colleague or a group about a conversation. */
export interface AskingAside {
  agent?: AgentId;
  group?: GroupId;
  text: string;
  /** That some of them see the question alone is known. */
  confirmed?: boolean;
  /** The colleague is let in as a guest. */
  grant?: boolean;
}

/** sideTalks are questions to colleagues about a conversation. */
export function sideTalks(call: Call) {
  const act = (id: ConversationId, name: string, body: object) =>
    call<Done>("POST", `/v1/conversations/${encodeURIComponent(id)}/${name}`, { body });
  return {
    askAside: (id: ConversationId, key: string, asking: AskingAside) => act(id, "ask", { key, ...asking }),
    askFurther: (id: ConversationId, key: string, side: number, text: string) => act(id, "ask-further", { key, side, text }),
    tellAside: (id: ConversationId, key: string, side: number, line: string) => act(id, "tell-aside", { key, side, line }),
    useAnswer: (id: ConversationId, key: string, side: number, note: number) => act(id, "use-answer", { key, side, note }),
    endAside: (id: ConversationId, key: string, side: number) => act(id, "end-aside", { key, side }),
  };
}
