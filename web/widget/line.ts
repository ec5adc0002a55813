import { connect, type Stream } from "$kit/stream.ts";
import { forget, load, take } from "./follow.ts";
import type { Session } from "./session.ts";

/** line opens the line that follows a conversation from a cursor on; where the server begins anew, reset loads the screen. */
export function line(s: Session, cursor: string, reset: (s: Session) => Promise<string>): Stream {
  return connect({
    path: "/v1/visitor/stream",
    auth: () => ({ token: s.token, site: s.config.site }),
    cursor,
    transport: transportOf(location.search),
    ...(s.kept.value ? { share: `${s.name} ${digest(s.token)}` } : {}),
    onFrame: (frame) => take(s, { type: "frame", frame }),
    onReset: () => reset(s),
    onClock: (now) => {
      s.skewMs = now / 1000 - Date.now();
    },
    onState: (state) => {
      s.line.value = state;
      if (state.kind === "live") s.box.value?.wake();
      if (state.kind === "live" && s.state.value.queue) void load(s).catch(() => undefined); // Signals are not repeated.
      if (state.kind === "stopped") stopped(s, state.why);
    },
  });
}

function stopped(s: Session, why: string): void {
  if (why === "outdated" || why === "refused") s.phase.value = "outdated";
  if (why !== "revoked" && why !== "signed-out") return;
  forget(s);
  if (s.sub !== undefined) return;
  s.phase.value = "ended";
}

/** digest tells tokens apart without telling them. */
function digest(token: string): string {
  let hash = 2166136261;
  for (let i = 0; i < token.length; i++) hash = Math.imul(hash ^ token.charCodeAt(i), 16777619);
  return (hash >>> 0).toString(36);
}

/** transportOf lets the host's page ask for one carrier: data-transport="sse". */
function transportOf(query: string): "auto" | "ws" | "sse" {
  const wanted = new URLSearchParams(query).get("transport");
  return wanted === "sse" || wanted === "ws" ? wanted : "auto";
}
