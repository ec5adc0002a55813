import { isSend } from "../composer/enter";

/** sendsOnEnter sends a form of one short text with Enter, in a field of several rows too; Shift and Enter begin a new line there. */
export function sendsOnEnter(form: HTMLFormElement): { destroy: () => void } {
  function press(event: KeyboardEvent): void {
    if (!(event.target instanceof HTMLTextAreaElement) || event.repeat || !isSend(event)) return;
    event.preventDefault();
    form.requestSubmit();
  }
  form.addEventListener("keydown", press);
  return { destroy: () => form.removeEventListener("keydown", press) };
}
