/** refocus moves the focus off a button that is about to go, to the first that fits inside what surrounds both. */
export function refocus(event: Event, around: string, to: string): void {
  if (!(event.currentTarget instanceof HTMLElement)) return;
  event.currentTarget.closest(around)?.querySelector<HTMLElement>(to)?.focus();
}
