/** Random fills an array with random bytes; crypto.getRandomValues works on pages without TLS too. */
export type Random = (bytes: Uint8Array) => Uint8Array;

const systemRandom: Random = (bytes) => crypto.getRandomValues(bytes as Uint8Array<ArrayBuffer>);

/** uuid7 makes the key of a command: unique, and sorted by the time it was made. */
export function uuid7(nowMs: number = Date.now(), random: Random = systemRandom): string {
  const bytes = random(new Uint8Array(16));
  const ms = Math.max(0, Math.floor(nowMs));
  for (let i = 0; i < 6; i++) bytes[i] = Math.floor(ms / 2 ** (8 * (5 - i))) & 0xff;
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** resumeToken makes a visitor's secret: 32 random bytes in base64url. */
export function resumeToken(random: Random = systemRandom): string {
  const bytes = random(new Uint8Array(32));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
