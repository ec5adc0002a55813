/** The keys of the triage screen: they come before those of the inbox while it is shown. Pure. */
import type { Pressed, Where } from "../shell/keys";

/** Deed is what a key asks for: to answer, to choose the nth target, to send it there, to choose nobody, to put it off, or the last one back. */
export type Deed = { do: "answer" | "confirm" | "unchoose" | "skip" | "back" } | { do: "choose"; n: number };

const deeds: Readonly<Record<string, "answer" | "skip" | "back">> = { a: "answer", j: "skip", k: "back" };

/** deedOf is what a key press asks for; null leaves it to the inbox and the browser. */
export function deedOf(pressed: Pressed, where: Where, chosen: boolean): Deed | null {
  if (pressed.isComposing || pressed.altKey || pressed.ctrlKey || pressed.metaKey || pressed.repeat || where === "dialog") return null;
  if (pressed.key === "Escape") return chosen ? { do: "unchoose" } : null;
  if (where === "field") return null;
  // A button that has the focus is what Enter presses.
  if (pressed.key === "Enter") return chosen && where === "page" ? { do: "confirm" } : null;
  if (/^[1-9]$/u.test(pressed.key)) return { do: "choose", n: Number(pressed.key) };
  const deed = deeds[pressed.key];
  return deed === undefined ? null : { do: deed };
}
