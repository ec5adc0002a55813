/**
 * What lies over the page: the dialogs that are open. Nothing outside of an open dialog can be seen well or touched, so
 * what must be answered at any moment stands within the last of them.
 */
import { untrack } from "svelte";

let dialogs = $state.raw<readonly HTMLElement[]>([]);

/** above is the dialog that lies over everything, if one is open. */
export function above(): HTMLElement | undefined {
  return dialogs.at(-1);
}

/** layOver says that a dialog is open until it is taken away again. */
export function layOver(dialog: HTMLElement): () => void {
  // Whoever lays itself over does not go by what else does.
  dialogs = [...untrack(() => dialogs), dialog];
  return () => {
    dialogs = untrack(() => dialogs).filter((d) => d !== dialog);
  };
}

/** staysAbove keeps an element in sight: in the dialog that lies over everything, else where it stands by itself. */
export function staysAbove(element: HTMLElement): void {
  const home = document.createComment("stays above");
  element.before(home);
  $effect(() => {
    const dialog = above();
    if (dialog !== undefined) dialog.append(element);
    else home.after(element);
  });
  $effect(() => () => home.remove());
}
