/** DeviceName is the browser and the system that a user agent string names; "" where it names none. */
export interface DeviceName {
  browser: string;
  system: string;
}

/** The first that fits wins: most browsers also name those that they descend from. */
const browsers: readonly [RegExp, string][] = [
  [/\bEdgA?(?:iOS)?\/(\d+)/, "Edge"],
  [/\bOPR\/(\d+)/, "Opera"],
  [/\bSamsungBrowser\/(\d+)/, "Samsung Internet"],
  [/\b(?:Firefox|FxiOS)\/(\d+)/, "Firefox"],
  [/\b(?:Headless)?(?:Chrome|CriOS)\/(\d+)/, "Chrome"],
  [/\bVersion\/(\d+)[^ ]* (?:Mobile\/\w+ )?Safari\//, "Safari"],
];

const systems: readonly [RegExp, string][] = [
  [/\biPhone\b/, "iPhone"],
  [/\biPad\b/, "iPad"],
  [/\bAndroid\b/, "Android"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b|\bMacintosh\b/, "macOS"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bLinux\b/, "Linux"],
];

/** deviceOf reads a user agent string. */
export function deviceOf(agent: string): DeviceName {
  const found = browsers.map(([pattern, name]) => ({ name, match: pattern.exec(agent) })).find(({ match }) => match !== null);
  const system = systems.find(([pattern]) => pattern.test(agent))?.[1] ?? "";
  return { browser: found ? `${found.name} ${found.match?.[1] ?? ""}`.trim() : "", system };
}

/** deviceText is a device for a person; what is no browser's string stands for itself, cut to a line. */
export function deviceText(agent: string): string {
  const { browser, system } = deviceOf(agent);
  return [browser, system].filter((part) => part !== "").join(" · ") || agent.slice(0, 80);
}
