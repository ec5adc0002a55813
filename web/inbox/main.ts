/** The agents' application: mounts the one component that knows all screens. */
import { mount } from "svelte";
import App from "./App.svelte";
import "./theme.css";
import "./base.css";
import { loadReasons } from "./reasons/reasons.svelte";
import { loadTexts, markDocument } from "./texts";

const target = document.getElementById("app");
if (target === null) throw new Error("inbox: the page has no place for the application");

function start(target: HTMLElement): void {
  markDocument();
  void loadReasons();
  mount(App, { target });
}

void loadTexts().then(() => start(target));
