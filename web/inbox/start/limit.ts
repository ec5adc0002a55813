import type { Failure } from "../state/server";

/** waitOf is how many seconds a limited person must wait; 0 where nobody said. */
export function waitOf(failure: Pick<Failure, "data" | "retryAfterMs">): number {
  const data = failure.data;
  if (typeof data === "object" && data !== null && "seconds" in data && typeof data.seconds === "number") return data.seconds;
  return Math.ceil((failure.retryAfterMs ?? 0) / 1000);
}
