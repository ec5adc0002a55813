// @vitest-environment jsdom
import { expect, test, vi } from "vitest";
import { fitAbove } from "./keyboard";

/** A viewport whose height the test chooses. */
function viewport(height: number) {
  return Object.assign(new EventTarget(), { height, scale: 1 });
}

test("the page ends where the keyboard begins, and is whole again without it", () => {
  vi.stubGlobal("scrollTo", () => undefined);
  const seen = viewport(844);
  const stop = fitAbove(seen as unknown as VisualViewport);
  const height = () => document.documentElement.style.getPropertyValue("--seen");
  expect(height()).toBe("844px");
  seen.height = 500;
  seen.dispatchEvent(new Event("resize"));
  expect(height()).toBe("500px");
  seen.scale = 2;
  seen.height = 250;
  seen.dispatchEvent(new Event("resize"));
  expect(height()).toBe("");
  stop();
  seen.scale = 1;
  seen.dispatchEvent(new Event("resize"));
  expect(height()).toBe("");
});
