import { onColour } from "$kit/colour.ts";

/** Launcher is the round button, the panel that holds the frame, and nothing else of the host's page. */
export interface Launcher {
  root: HTMLElement;
  button: HTMLButtonElement;
  panel: HTMLElement;
  /** show draws whether the panel is open and how much is unread. */
  show(open: boolean, unread: number, label: string): void;
  paint(accent: string, position: string): void;
}

const css = `:host{all:initial}*{box-sizing:border-box}.b,.p{position:fixed;z-index:2147483000;bottom:20px;right:20px;box-shadow:0 4px 24px rgb(0 0 0/.24)}.l .b,.l .p{right:auto;left:20px}.b{width:56px;height:56px;border:0;border-radius:50%;padding:0;cursor:pointer;background:var(--a);color:var(--o);display:grid;place-items:center}.b:focus-visible{outline:3px solid #1a73e8;outline-offset:3px}.b svg{width:26px;height:26px;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}.n{position:absolute;top:-4px;right:-4px;min-width:20px;height:20px;padding:0 5px;border-radius:10px;background:#b3261e;color:#fff;border:2px solid #fff;font:600 11px/16px system-ui}.p{bottom:88px;width:min(392px,100% - 40px);height:min(640px,100% - 108px);border-radius:14px;overflow:hidden;background:Canvas}.p iframe{border:0;width:100%;height:100%;color-scheme:light dark}@media (max-width:480px),(max-height:480px){.p{inset:0!important;width:100%;height:100%;border-radius:0}.o .b{display:none}}@media print{.b,.p{display:none}}`;

/** draw puts the launcher onto the page, to be painted and shown. It needs no request and moves nothing. */
export function draw(document: Document): Launcher {
  const root = document.createElement("div");
  const shadow = root.attachShadow({ mode: "closed" });
  style(document, shadow);
  const box = document.createElement("div");
  const panel = document.createElement("div");
  panel.className = "p";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "b";
  const path = icon(document, button);
  const count = document.createElement("span");
  count.className = "n";
  button.append(count);
  box.append(panel, button);
  shadow.append(box);
  document.body.append(root);
  let side = "";
  const show = (open: boolean, unread: number, label: string) => {
    panel.hidden = !open;
    box.className = side + (open ? " o" : "");
    path.setAttribute("d", open ? "M6 9l6 6 6-6" : "M21 12a8 8 0 0 1-11.6 7.1L4 21l1.9-5.4A8 8 0 1 1 21 12z");
    count.hidden = open || unread === 0;
    count.textContent = unread > 99 ? "99+" : String(unread);
    button.setAttribute("aria-expanded", String(open));
    button.setAttribute("aria-label", label);
    button.title = label;
  };
  const paint = (accent: string, position: string) => {
    box.style.setProperty("--a", accent);
    box.style.setProperty("--o", onColour(accent));
    side = position === "bottom-left" ? "l" : "";
    box.className = side + (panel.hidden ? "" : " o");
  };
  return { root, button, panel, show, paint };
}

/** style uses a constructed sheet, which a strict style-src of the host allows. */
function style(document: Document, shadow: ShadowRoot): void {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    shadow.adoptedStyleSheets = [sheet];
  } catch {
    const element = document.createElement("style");
    element.textContent = css;
    shadow.append(element);
  }
}

function icon(document: Document, button: HTMLElement): SVGPathElement {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  const path = document.createElementNS(space, "path");
  svg.append(path);
  button.append(svg);
  return path;
}
