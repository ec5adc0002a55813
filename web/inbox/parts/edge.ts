/**
 * onEdge does something when what lies around the contents of an element is clicked: both ends of the click, because what
 * is marked to beyond an edge is not meant so, and because a finger whose touch has taken an element away touches what lay under it.
 */
export function onEdge(node: HTMLElement, does: () => void): { destroy(): void } {
  let pressed = false;
  const press = (event: Event) => {
    pressed = event.target === node;
  };
  const click = (event: Event) => {
    if (pressed && event.target === node) does();
  };
  node.addEventListener("pointerdown", press);
  node.addEventListener("click", click);
  return {
    destroy: () => {
      node.removeEventListener("pointerdown", press);
      node.removeEventListener("click", click);
    },
  };
}
