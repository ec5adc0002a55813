/** How much room the screen leaves: what a style sheet alone cannot decide goes by it. */
import { MediaQuery } from "svelte/reactivity";

/** Made when it is first asked for: what imports this runs in tests that have no screen. */
function asked(query: string): () => boolean {
  let media: MediaQuery | undefined;
  return () => {
    media ??= new MediaQuery(query);
    return media.current;
  };
}

/** narrow reports whether one pane at a time is shown, as on a phone held upright. */
export const narrow = asked("(max-width: 719px)");

/** compact reports whether there is room for few places at once, as on a phone held either way. */
export const compact = asked("(max-width: 719px), (max-height: 479px)");
