/** Pressed is what of a KeyboardEvent decides about sending. */
export interface Pressed {
  key: string;
  shiftKey: boolean;
  altKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  isComposing: boolean;
  keyCode: number;
}

/**
 * isSend reports whether a key press in a composer sends: Enter alone. While an
 * input method composes, Enter belongs to it; Safari tells that by keyCode 229.
 */
export function isSend(event: Pressed): boolean {
  if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return false;
  return !event.shiftKey && !event.altKey && !event.ctrlKey && !event.metaKey;
}
