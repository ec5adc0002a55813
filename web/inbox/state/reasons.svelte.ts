/** What playbooks call their reasons: an event carries the code alone. */
import type { TransferChapter } from "$kit/playbook-api.ts";
import { api, attempt } from "./server";
import { inbox } from "./session.svelte";

let loaded = $state.raw<Readonly<Record<string, TransferChapter>>>({});
const asked = new Set<string>();

/** reasonName is the label of a group's code, once its playbook is known; other words stand for themselves. */
export function reasonName(group: string, code: string): string {
  if (!/^[\w-]{1,40}$/u.test(code)) return code;
  const chapter = inbox().state.playbooks.get(group)?.transfer ?? loaded[group];
  if (chapter === undefined && !asked.has(group)) void load(group);
  return chapter?.reasons?.find((r) => r.code === code)?.label ?? code;
}

async function load(group: string): Promise<void> {
  asked.add(group);
  const outcome = await attempt(api.playbook(group));
  if (outcome.ok) loaded = { ...loaded, [group]: outcome.value.transfer };
}
