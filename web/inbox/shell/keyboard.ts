/** Keeps what a keyboard on the screen leaves over: some browsers lay it over the page instead of making the page smaller. */

/** fitAbove sets --seen to the height that can be seen, until it is stopped. */
export function fitAbove(
  seen: Pick<VisualViewport, "height" | "scale" | "addEventListener" | "removeEventListener"> | null = window.visualViewport,
  root: HTMLElement = document.documentElement,
): () => void {
  if (seen === null) return () => undefined;
  const measure = () => {
    // Who has zoomed in sees a part of the page on purpose.
    if (seen.scale > 1.01) root.style.removeProperty("--seen");
    else root.style.setProperty("--seen", `${Math.round(seen.height)}px`);
    window.scrollTo(0, 0);
  };
  measure();
  seen.addEventListener("resize", measure);
  return () => {
    seen.removeEventListener("resize", measure);
    root.style.removeProperty("--seen");
  };
}
