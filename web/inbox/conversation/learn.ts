/** What can be learned from a Conversation, as entries of a menu: the same as the keys do. */
import type { Row } from "$kit/wire.ts";
import { go } from "../router.svelte";
import { mayLearn, shell } from "../shell/actions.svelte";
import { keyText } from "../shell/keys";
import { mac } from "../shell/platform";
import { t } from "../texts";

/** learnEntries lists what makes sense now, and the replay of a chat that is over. */
export function learnEntries({ conversation: { id }, thread }: Row): { label: string; key?: string; run: () => void }[] {
  return [
    ...(["moment", "shadow", "example"] as const)
      .filter((what) => mayLearn(what, id))
      .map((what) => ({ label: t(`action.${what}`), key: keyText(what, mac), run: () => shell.coach({ what, conversation: id }) })),
    ...(thread?.state === "closed"
      ? [{ label: t("coaching.replay"), run: () => go({ name: "lesson", conversation: id, thread: thread.id }) }]
      : []),
  ];
}
