/** Short words about what just happened, read out once. */
export interface Toast {
  id: number;
  text: string;
  tone: "plain" | "danger";
  action?: { label: string; run: () => void };
  /** The Conversation that it is about, where it is news only until one is in there. */
  about?: string;
}

let list = $state.raw<readonly Toast[]>([]);
let next = 1;

/** toasts are those that are shown now. */
export function toasts(): readonly Toast[] {
  return list;
}

/** say shows a toast; one about a danger stays until it is dismissed. */
export function say(text: string, { tone = "plain", action, about }: Partial<Pick<Toast, "tone" | "action" | "about">> = {}): void {
  const toast: Toast = { id: next++, text, tone, ...(action ? { action } : {}), ...(about ? { about } : {}) };
  list = [...list.filter((other) => other.text !== text), toast].slice(-4);
  if (toast.tone === "plain") setTimeout(() => dismiss(toast.id), 6000);
}

/** dismiss takes a toast away. */
export function dismiss(id: number): void {
  list = list.filter((toast) => toast.id !== id);
}

/** dismissAbout takes away what was said about a Conversation that one has come to. */
export function dismissAbout(conversation: string): void {
  list = list.filter((toast) => toast.about !== conversation);
}
