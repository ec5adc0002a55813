/** bottomOf is how many pixels a scroller is away from its end. */
export function bottomOf(scroller: HTMLElement): number {
  return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
}

/**
 * keepPlace remembers what is on screen before something above it comes or goes,
 * and answers how to bring it back to the same pixel. Lines are found again by
 * their number, since one that stands in another block is another element. The
 * browser's own anchoring rests meanwhile, so that nothing is corrected twice.
 */
export function keepPlace(scroller: HTMLElement): () => void {
  const { top, bottom } = scroller.getBoundingClientRect();
  const anchors = [...scroller.querySelectorAll<HTMLElement>('[id^="at-"]'), ...scroller.querySelectorAll<HTMLElement>(".item")]
    .map((element) => ({ element, at: element.getBoundingClientRect() }))
    .filter(({ at }) => at.bottom > top && at.top < bottom);
  scroller.style.overflowAnchor = "none";
  return () => {
    for (const { element, at } of anchors) {
      const now = element.id === "" ? element : document.getElementById(element.id);
      if (!now?.isConnected) continue;
      scroller.scrollTop += now.getBoundingClientRect().top - at.top;
      break;
    }
    requestAnimationFrame(() => scroller.style.removeProperty("overflow-anchor"));
  };
}
