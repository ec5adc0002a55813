/** DropOptions are what happens while files hover over an element and when they fall. */
export interface DropOptions {
  over: (on: boolean) => void;
  files: (files: File[]) => void;
}

/** dropTarget is an action that takes files dropped anywhere on an element; other things are left to the browser. */
export function dropTarget(node: HTMLElement, options: DropOptions): { destroy(): void } {
  const listening = new AbortController();
  const on = { signal: listening.signal };
  node.addEventListener(
    "dragover",
    (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      options.over(true);
    },
    on,
  );
  node.addEventListener("dragleave", () => options.over(false), on);
  node.addEventListener(
    "drop",
    (event) => {
      options.over(false);
      const files = [...(event.dataTransfer?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      options.files(files);
    },
    on,
  );
  return { destroy: () => listening.abort() };
}
