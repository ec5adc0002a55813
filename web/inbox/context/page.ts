/** safePage is a visitor's page as an address that may be followed: http and https alone; "" otherwise. */
export function safePage(page: string): string {
  if (!URL.canParse(page)) return "";
  const url = new URL(page);
  return url.protocol === "https:" || url.protocol === "http:" ? url.href : "";
}
