/** columns writes the name of its column onto each cell of a table, also of what comes later: where there is no room for columns the cells stand below each other. */
export function columns(table: HTMLTableElement): { destroy(): void } {
  const name = () => {
    const heads = [...table.querySelectorAll("thead th")].map((head) => head.textContent?.trim() ?? "");
    for (const row of table.tBodies[0]?.rows ?? []) {
      const cells = [...row.cells];
      for (const [i, cell] of cells.entries()) {
        const words = cells.length === heads.length ? (heads[i] ?? "") : "";
        if (cell.dataset["column"] !== words) cell.dataset["column"] = words;
      }
    }
  };
  name();
  const watch = new MutationObserver(name);
  watch.observe(table, { childList: true, subtree: true, characterData: true });
  return { destroy: () => watch.disconnect() };
}
