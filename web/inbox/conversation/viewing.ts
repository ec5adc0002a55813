import { limits } from "$kit/wire.ts";

/** followViewing tells colleagues that this Conversation is looked at, again and again while the page is seen, and that it ended. */
export function followViewing(tell: (on: boolean) => void): () => void {
  let told = false;
  const look = () => {
    const seen = document.visibilityState === "visible";
    if (seen || told) tell(seen);
    told = seen;
  };
  look();
  const timer = setInterval(look, limits.signalEveryMs);
  document.addEventListener("visibilitychange", look);
  return () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", look);
    if (told) tell(false);
  };
}
