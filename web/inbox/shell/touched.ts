/** What stands above a message under a pointer has to come to a finger too: the message that was touched last is marked. */

const message = '[id^="at-"]';

/** followTouch marks the message that is touched, for a moment or longer, until it is stopped. */
export function followTouch(page: Document = document): () => void {
  let touched: Element | null = null;
  const mark = (next: Element | null) => {
    touched?.removeAttribute("data-touched");
    touched = next;
    touched?.setAttribute("data-touched", "");
  };
  const touch = ({ target }: Event) => {
    const next = target instanceof Element ? target.closest(message) : null;
    if (next !== touched) mark(next);
  };
  page.addEventListener("click", touch);
  page.addEventListener("contextmenu", touch);
  return () => {
    page.removeEventListener("click", touch);
    page.removeEventListener("contextmenu", touch);
    mark(null);
  };
}
