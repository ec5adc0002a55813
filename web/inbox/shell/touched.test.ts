// @vitest-environment jsdom
import { expect, test } from "vitest";
import { followTouch } from "./touched";

test("the message that is touched is marked, one at a time, and none after a touch elsewhere", () => {
  document.body.innerHTML = `<p id="out"></p><div id="at-1"><b id="in-1"></b></div><div id="at-2"><b id="in-2"></b></div>`;
  const stop = followTouch();
  const marked = () => [...document.querySelectorAll("[data-touched]")].map((e) => e.id);
  const touch = (id: string, kind = "click") => document.getElementById(id)?.dispatchEvent(new Event(kind, { bubbles: true }));
  touch("in-1");
  expect(marked()).toEqual(["at-1"]);
  touch("in-2", "contextmenu");
  expect(marked()).toEqual(["at-2"]);
  touch("out");
  expect(marked()).toEqual([]);
  touch("in-1");
  stop();
  expect(marked()).toEqual([]);
  touch("in-2");
  expect(marked()).toEqual([]);
});
