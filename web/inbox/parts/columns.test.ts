// @vitest-environment jsdom
import { expect, test } from "vitest";
import { columns } from "./columns";

function table(...rows: string[]): HTMLTableElement {
  document.body.innerHTML = `<table><thead><tr><th>Who</th><th> Kept </th></tr></thead><tbody>${rows.join("")}</tbody></table>`;
  const found = document.querySelector("table");
  if (found === null) throw new Error("no table");
  return found;
}

const named = (of: HTMLTableElement) => [...of.querySelectorAll<HTMLElement>("tbody :is(th, td)")].map((cell) => cell.dataset["column"]);

test("each cell carries the name of its column, a row of its own none", () => {
  const of = table("<tr><th>Ada</th><td>3</td></tr>", '<tr><td colspan="2">more</td></tr>');
  columns(of).destroy();
  expect(named(of)).toEqual(["Who", "Kept", ""]);
});

test("what comes later is named too, until it is over", async () => {
  const of = table();
  const stop = columns(of);
  const add = async () => {
    of.tBodies[0]?.insertAdjacentHTML("beforeend", "<tr><th>Ben</th><td>1</td></tr>");
    await Promise.resolve();
    await Promise.resolve();
  };
  await add();
  expect(named(of)).toEqual(["Who", "Kept"]);
  stop.destroy();
  await add();
  expect(named(of)).toEqual(["Who", "Kept", undefined, undefined]);
});
