/** Takes addresses of this inbox elsewhere: pasted into a talk they become cards. */
import { say } from "../state/toasts.svelte";
import { linkTo } from "../talks/reference";
import { t } from "../texts";

/** copyLink puts the address of a conversation, or of one message of it, on the clipboard. */
export async function copyLink(talk: boolean, conversation: string, at: number | null = null): Promise<void> {
  try {
    await navigator.clipboard.writeText(linkTo(window.location.origin, talk, conversation, at));
    say(t("link.copied"));
  } catch {
    say(t("link.refused"), { tone: "danger" });
  }
}
