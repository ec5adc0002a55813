import { tick } from "svelte";

/** focusNew moves the focus into the row that a button adds: to the last that fits, once it is there. */
export async function focusNew(event: Event, around: string, to: string): Promise<void> {
  if (!(event.currentTarget instanceof HTMLElement)) return;
  const list = event.currentTarget.closest(around);
  await tick();
  [...(list?.querySelectorAll<HTMLElement>(to) ?? [])].at(-1)?.focus();
}

/** refocus moves the focus off a button that is about to go, to the first that fits inside what surrounds both. */
export function refocus(event: Event, around: string, to: string): void {
  if (!(event.currentTarget instanceof HTMLElement)) return;
  event.currentTarget.closest(around)?.querySelector<HTMLElement>(to)?.focus();
}
