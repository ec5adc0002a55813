/** arrows is an action that moves the focus among the elements that match, with the up and down keys. */
export function arrows(node: HTMLElement, matching: string): { destroy(): void } {
  const press = (event: KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by === undefined || event.isComposing) return;
    const stops = [...node.querySelectorAll<HTMLElement>(matching)];
    const at = stops.indexOf(document.activeElement as HTMLElement);
    event.preventDefault();
    stops[Math.min(stops.length - 1, Math.max(0, at + by))]?.focus();
  };
  node.addEventListener("keydown", press);
  return { destroy: () => node.removeEventListener("keydown", press) };
}
