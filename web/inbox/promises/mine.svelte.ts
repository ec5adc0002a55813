/** What the signed-in agent owes: asked for when it may have changed, for the rail and the banner. */
import { untrack } from "svelte";
import type { Owed } from "$kit/pass-api.ts";
import type { Down, Row } from "$kit/wire.ts";
import { api, attempt } from "../state/server";
import { inbox, onFrame } from "../state/session.svelte";

/** How long changes are gathered before they are asked about, in milliseconds. */
const gatherMs = 800;

let owed = $state.raw<readonly Owed[]>([]);

/** myPromises are the open ones of the signed-in agent. */
export function myPromises(): readonly Owed[] {
  return owed;
}

/** followMine keeps them fresh until it is stopped. Call it while a component is being made. */
export function followMine(): void {
  const desk = inbox();
  const live = $derived(desk.line.kind === "live");
  $effect(() => {
    if (!live) return;
    let stopped = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const load = async () => {
      timer = undefined;
      const outcome = await attempt(api.promises({ owner: desk.me.id }));
      if (outcome.ok && !stopped) owed = outcome.value;
    };
    const off = onFrame((frame) => {
      if (timer === undefined && untrack(() => matters(frame, desk.state.rows))) timer = setTimeout(load, gatherMs);
    });
    void load();
    return () => {
      stopped = true;
      clearTimeout(timer);
      off();
    };
  });
}

const kinds = new Set(["hold", "promise.due", "promise.ended", "promise.passed", "assign"]);

/** A promise is made or ends, or somebody else owes it; a row tells only what it has now. */
function matters(frame: Down, rows: ReadonlyMap<string, Row>): boolean {
  if (frame.type === "event") return kinds.has(frame.event.kind);
  if (frame.type === "gone") return owed.some((p) => p.conversation === frame.conversation);
  if (frame.type !== "row") return false;
  const { conversation, thread } = frame.row;
  const known = rows.get(conversation.id)?.thread?.promise;
  const listed = owed.some((p) => p.conversation === conversation.id);
  return (
    thread?.promise?.owner !== known?.owner ||
    thread?.promise?.seq !== known?.seq ||
    listed !== (thread?.promise !== undefined && thread.promise.owner === inbox().me.id)
  );
}
