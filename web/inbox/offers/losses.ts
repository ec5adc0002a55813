/** What an agent is told of the Conversations that were handed on while his line was lost. Pure. */
import type { ConversationId, Loss, Row } from "$kit/wire.ts";

/** Lost is a loss and, where the agent may see its Conversation, the row of it. */
export interface Lost {
  loss: Loss;
  row: Row | undefined;
}

/** lossesFor lists what was lost, the newest first. What is on the screen says it there, and is left out. */
export function lossesFor(losses: Iterable<Loss>, rows: ReadonlyMap<ConversationId, Row>, onScreen: ConversationId | null): Lost[] {
  const found: Lost[] = [];
  for (const loss of losses) {
    const row = rows.get(loss.conversation);
    if (row === undefined || loss.conversation !== onScreen) found.push({ loss, row });
  }
  return found.sort((a, b) => (b.loss.at ?? 0) - (a.loss.at ?? 0) || (a.loss.conversation < b.loss.conversation ? -1 : 1));
}
