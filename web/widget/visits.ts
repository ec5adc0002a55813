/** watchPages calls back when the page's path changes without a load. */
export function watchPages(onPage: () => void): void {
  let path = location.pathname;
  const look = () => {
    if (location.pathname === path) return;
    path = location.pathname;
    onPage();
  };
  const soon = () => setTimeout(look, 0);
  addEventListener("popstate", soon);
  for (const name of ["pushState", "replaceState"] as const) {
    const former = history[name];
    history[name] = function (this: History, ...given: Parameters<History["pushState"]>) {
      const answer = former.apply(this, given);
      soon();
      return answer;
    };
  }
}

/** whenIdle runs once the page is loaded and has nothing better to do. */
export function whenIdle(run: () => void): void {
  const wait = () => ("requestIdleCallback" in window ? requestIdleCallback(run, { timeout: 4000 }) : setTimeout(run, 1200));
  if (document.readyState === "complete") wait();
  else addEventListener("load", wait, { once: true });
}

/** beacon counts a page view: site, path without query, host of the referrer, language. No identity. */
export function beacon(origin: string, site: string): void {
  const body = {
    site,
    path: location.pathname.slice(0, 500),
    referrer: document.referrer.split("/")[2] ?? "",
    language: navigator.language,
  };
  navigator.sendBeacon(`${origin}/v1/visits`, JSON.stringify(body));
}
