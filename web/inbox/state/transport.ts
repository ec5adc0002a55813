type Transport = "auto" | "ws" | "sse";

const place = "earshot.transport";

/**
 * wantedTransport is how this tab is to be connected: as "?transport=" says, for
 * who has to find out why a line does not hold; kept as long as the tab lives,
 * since moving between screens drops it from the address.
 */
export function wantedTransport(search: string = window.location.search): Transport {
  const asked = known(new URLSearchParams(search).get("transport"));
  try {
    if (asked !== null) sessionStorage.setItem(place, asked);
    return asked ?? known(sessionStorage.getItem(place)) ?? "auto";
  } catch {
    return asked ?? "auto";
  }
}

function known(text: string | null): Transport | null {
  return text === "auto" || text === "ws" || text === "sse" ? text : null;
}
