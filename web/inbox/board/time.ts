/** clockText is a length of time as a clock that runs shows it: "0:42", "12:05", "1:02:09"; micros. */
export function clockText(micros: number): string {
  const seconds = Math.max(0, Math.floor(micros / 1e6));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const two = (n: number) => String(n).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
