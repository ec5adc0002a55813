/** watchPages calls back when the page's path changes without a load. */
export function watchPages(window: Window & typeof globalThis, onPage: () => void): void {
  let path = window.location.pathname;
  const look = () => {
    if (window.location.pathname === path) return;
    path = window.location.pathname;
    onPage();
  };
  const soon = () => window.setTimeout(look, 0);
  window.addEventListener("popstate", soon);
  for (const name of ["pushState", "replaceState"] as const) {
    const former = window.history[name];
    window.history[name] = function (this: History, ...given: Parameters<History["pushState"]>) {
      const answer = former.apply(this, given);
      soon();
      return answer;
    };
  }
}

/** whenIdle runs once the page is loaded and has nothing better to do. */
export function whenIdle(window: Window & typeof globalThis, run: () => void): void {
  const wait = () =>
    typeof window.requestIdleCallback === "function" ? window.requestIdleCallback(run, { timeout: 4000 }) : window.setTimeout(run, 1200);
  if (window.document.readyState === "complete") wait();
  else window.addEventListener("load", wait, { once: true });
}

/** beacon counts a page view: site, path without query, host of the referrer, language. No identity. */
export function beacon(window: Window, origin: string, site: string): void {
  const body = {
    site,
    path: window.location.pathname.slice(0, 500),
    referrer: hostOf(window.document.referrer),
    language: window.navigator.language,
  };
  window.navigator.sendBeacon(`${origin}/v1/visits`, JSON.stringify(body));
}

function hostOf(address: string): string {
  try {
    return new URL(address).host;
  } catch {
    return "";
  }
}
