/** Short words about what just happened, read out once. */
export interface Toast {
  id: number;
  text: string;
  tone: "plain" | "danger";
  action?: { label: string; run: () => void };
}

let list = $state.raw<readonly Toast[]>([]);
let next = 1;

/** toasts are those that are shown now. */
export function toasts(): readonly Toast[] {
  return list;
}

/** say shows a toast; one about a danger stays until it is dismissed. */
export function say(text: string, options: { tone?: Toast["tone"]; action?: Toast["action"] } = {}): void {
  const toast: Toast = { id: next++, text, tone: options.tone ?? "plain", ...(options.action ? { action: options.action } : {}) };
  list = [...list.filter((other) => other.text !== text), toast].slice(-4);
  if (toast.tone === "plain") setTimeout(() => dismiss(toast.id), 6000);
}

/** dismiss takes a toast away. */
export function dismiss(id: number): void {
  list = list.filter((toast) => toast.id !== id);
}
