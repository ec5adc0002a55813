/** focused takes the focus when the element appears: somebody has just asked for it. */
export function focused(node: HTMLElement): void {
  node.focus();
}
