/** bottomOf is how many pixels a scroller is away from its end. */
export function bottomOf(scroller: HTMLElement): number {
  return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
}

/**
 * keepPlace remembers what is on screen before something is put above it, and
 * answers how to bring it back to the same pixel. Where the browser anchors by
 * itself nothing is left to correct.
 */
export function keepPlace(scroller: HTMLElement): () => void {
  const top = scroller.getBoundingClientRect().top;
  const anchor = [...scroller.querySelectorAll<HTMLElement>(".item")].find((item) => item.getBoundingClientRect().bottom > top);
  const before = anchor?.getBoundingClientRect().top ?? 0;
  return () => {
    if (anchor?.isConnected) scroller.scrollTop += anchor.getBoundingClientRect().top - before;
  };
}
