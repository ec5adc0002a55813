/** showsCurrent keeps the page that is open in sight, in a row of pages that a phone scrolls sideways. */
export function showsCurrent(nav: HTMLElement, _open: string): { update(open: string): void } {
  const show = () => {
    const current = nav.querySelector<HTMLElement>("[aria-current]");
    if (current !== null) nav.scrollLeft = current.offsetLeft - (nav.clientWidth - current.offsetWidth) / 2;
  };
  requestAnimationFrame(show);
  // The mark moves to the page that is opened a moment after this is told.
  return { update: () => requestAnimationFrame(show) };
}
