/** isColour reports whether a text is a colour of the form #rrggbb. */
export function isColour(text: unknown): text is string {
  return typeof text === "string" && /^#[0-9a-f]{6}$/i.test(text);
}

/** onColour is the colour of text on a background: of black and white the one with more contrast, which is at least 4.5. */
export function onColour(background: string): "#ffffff" | "#000000" {
  // Without the straight piece near black, which is in a script that has to be small: 0.0008 at most.
  const part = (at: number) => ((Number.parseInt(background.slice(at, at + 2), 16) / 255 + 0.055) / 1.055) ** 2.4;
  const light = 0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5);
  return light < 0.179 ? "#ffffff" : "#000000"; // √(0.05 · 1.05) − 0.05: there both have the same contrast.
}

/** contrast is the WCAG contrast of two colours, from 1 to 21. */
export function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

function luminance(colour: string): number {
  const part = (at: number) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5);
}
