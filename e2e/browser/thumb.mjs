// What a hand that holds a phone asks of a screen.
import assert from "node:assert/strict";
import { look } from "./world.mjs";

/** The least that a thumb hits, and the least size of letters at which a phone does not zoom into a field. */
const least = { target: 44, letters: 16 };

/** Runs in the page: what is wider than the screen, too small for a thumb, or makes a phone zoom. */
export function wrongs({ target, letters }) {
  const found = [];
  const room = document.scrollingElement;
  if (room.scrollWidth > window.innerWidth) found.push(`the page is ${room.scrollWidth} px wide, the screen ${window.innerWidth}`);
  const name = (e) =>
    `${e.tagName.toLowerCase()}.${e.className
      ?.toString()
      .replaceAll(/ ?svelte-\w+/g, "")
      .replaceAll(" ", ".")} “${(e.getAttribute("aria-label") ?? e.textContent ?? "").trim().replaceAll(/\s+/g, " ").slice(0, 40)}”`;
  // What scrolls sideways hides a part of itself, except where that is meant, as in code and in rows of tabs.
  for (const e of document.querySelectorAll("body *")) {
    const hidden = e.scrollWidth - e.clientWidth;
    if (hidden < 2 || e.clientWidth === 0 || !["auto", "scroll"].includes(getComputedStyle(e).overflowX) || !seen(e)) continue;
    if (e.matches("pre, code, [role=tablist], [data-sideways], textarea")) continue;
    found.push(`${name(e)} scrolls sideways by ${hidden} px`);
  }
  // The page itself cuts off what is too wide, so that it is not found by its width alone.
  for (const e of document.querySelectorAll("body *")) {
    const { left, right, width } = e.getBoundingClientRect();
    if ((left >= -1 && right <= window.innerWidth + 1) || width < 2 || !e.checkVisibility() || cut(e)) continue;
    found.push(`${name(e)} reaches from ${Math.round(left)} to ${Math.round(right)} px`);
  }
  const controls = "a[href], button, input, select, textarea, summary, [role=tab], [role^=menuitem], [role=option], [role=switch]";
  for (const e of document.querySelectorAll(controls)) {
    if (!seen(e)) continue;
    const field = e.matches("select, textarea, input:not([type=checkbox], [type=radio], [type=range], [type=color], [type=file])");
    const size = Number.parseFloat(getComputedStyle(e).fontSize);
    if (field && size < letters) found.push(`${name(e)} has letters of ${size} px`);
    const touched = e.matches("[type=checkbox], [type=radio]") ? (e.closest("label") ?? e.labels?.[0] ?? e) : e;
    const { width, height } = touched.getBoundingClientRect();
    if ((width >= target - 0.5 && height >= target - 0.5) || within(e) || reaches(e, touched)) continue;
    found.push(`${name(e)} is ${Math.round(width)}×${Math.round(height)} px`);
  }
  return found;

  /** What nobody can see or touch is not measured: what is faded out, behind something, or outside of the screen. */
  function seen(e) {
    if (!e.checkVisibility({ opacityProperty: true, visibilityProperty: true }) || e.closest("[inert]")) return false;
    const { left, top, width, height } = e.getBoundingClientRect();
    if (width < 2 || height < 2) return false;
    const at = document.elementFromPoint(left + width / 2, top + height / 2);
    return at !== null && (e.contains(at) || at.contains(e));
  }

  /** What a part of the page cuts off or scrolls by itself is no concern of the page's. */
  function cut(e) {
    for (let over = e.parentElement; over !== null && !over.matches(".shell, body"); over = over.parentElement) {
      if (getComputedStyle(over).overflowX !== "visible" && over.getBoundingClientRect().right <= window.innerWidth + 1) return true;
    }
    return false;
  }

  /** A link within a sentence is as high as its line. */
  function within(e) {
    if (!e.matches("a, button, summary") || !getComputedStyle(e).display.startsWith("inline")) return false;
    const words = (node) => (node.textContent ?? "").trim();
    return getComputedStyle(e).display === "inline" && words(e.parentElement) !== words(e);
  }

  /** What reaches beyond what is seen of it is hit all the same. */
  function reaches(e, touched) {
    const { left, top, width, height } = touched.getBoundingClientRect();
    const [x, y, half] = [left + width / 2, top + height / 2, target / 2 - 1];
    return [
      [x - Math.max(half, 0), y],
      [x + half, y],
      [x, y - half],
      [x, y + half],
    ].every(([px, py]) => {
      const hit = document.elementFromPoint(px, py);
      return hit !== null && (touched.contains(hit) || e.contains(hit));
    });
  }
}

/** Looks at a screen as a phone shows it: nothing beside it, nothing too small for a thumb, and what every look asks. */
export async function fits(page, name) {
  await look(page, name);
  assert.deepEqual(await page.evaluate(wrongs, least), [], `on a phone: ${name}`);
}
