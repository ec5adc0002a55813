/** snippetOf is what a customer pastes into a page: one script, with the site's public key. */
export function snippetOf(key: string, origin: string): string {
  return `<script async src="${origin}/widget.js" data-site="${key}"></script>`;
}

/** tryAddress is the built-in test page, which lives under the other name of this machine so that the widget is a stranger there too. */
export function tryAddress(here: string): string {
  const url = new URL("/try", here);
  if (url.hostname === "localhost") url.hostname = "127.0.0.1";
  else if (url.hostname === "127.0.0.1") url.hostname = "localhost";
  return url.href;
}
