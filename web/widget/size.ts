const units = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

/** sizeText is a number of bytes as a person reads it: "1.4 MB". */
export function sizeText(bytes: number): string {
  let size = bytes;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  const options: Intl.NumberFormatOptions = {
    style: "unit",
    unit: units[unit] ?? "byte",
    unitDisplay: "short",
    maximumFractionDigits: size < 10 && unit > 0 ? 1 : 0,
  };
  return new Intl.NumberFormat(document.documentElement.lang || "en", options).format(size);
}
