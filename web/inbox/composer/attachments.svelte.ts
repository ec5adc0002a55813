/** The files that lie in a composer: on their way, there, or refused. */
import { ApiError } from "$kit/api.ts";
import { type Upload, upload } from "$kit/upload.ts";
import { type FileRef, limits } from "$kit/wire.ts";
import { refusalWords } from "../state/refusal";
import { api, attempt } from "../state/server";
import { say } from "../state/toasts.svelte";
import { sizeText, t } from "../texts";

export interface Attachment {
  id: number;
  name: string;
  part: number;
  ref: FileRef | null;
  problem: string;
}

export interface Attachments {
  readonly list: readonly Attachment[];
  readonly busy: boolean;
  readonly refs: FileRef[];
  add(files: readonly File[]): void;
  /** put lays files that the server has already back into the composer. */
  put(refs: readonly FileRef[]): void;
  /** remove takes one out; what nothing holds yet is removed on the server, too. */
  remove(id: number): void;
  /** sent empties the list: a message has its files now. */
  sent(): void;
  /** drop takes all of them out. */
  drop(): void;
}

/** createAttachments holds the files of one composer, which are uploaded to a path. */
export function createAttachments(path: string, most: number = limits.files): Attachments {
  let list = $state.raw<readonly Attachment[]>([]);
  const uploads = new Map<number, Upload>();
  let next = 1;

  const change = (id: number, to: Partial<Attachment>) => {
    list = list.map((a) => (a.id === id ? { ...a, ...to } : a));
  };

  function start(file: File): void {
    const id = next++;
    const attachment: Attachment = { id, name: file.name || t("file"), part: 0, ref: null, problem: refusal(file, list.length, most) };
    list = [...list, attachment];
    if (attachment.problem !== "") return;
    const sending = upload({ path, file, name: attachment.name, onProgress: (part) => change(id, { part }) });
    uploads.set(id, sending);
    sending.done.then(
      (ref) => change(id, { ref, part: 1 }),
      (error: unknown) =>
        change(id, { problem: error instanceof ApiError && error.kind !== "offline" ? refusalWords(error) : t("file.failed") }),
    );
  }

  function remove(id: number): void {
    uploads.get(id)?.cancel();
    uploads.delete(id);
    letGo(list.flatMap((a) => (a.id === id && a.ref !== null ? a.ref : [])));
    list = list.filter((a) => a.id !== id);
  }

  return {
    get list() {
      return list;
    },
    get busy() {
      return list.some((a) => a.ref === null && a.problem === "");
    },
    get refs() {
      return list.flatMap((a) => a.ref ?? []);
    },
    add: (files) => files.forEach(start),
    put: (refs) => {
      list = [...list, ...refs.map((ref) => ({ id: next++, name: ref.name, part: 1, ref, problem: "" }))];
    },
    remove,
    sent: () => {
      list = [];
      uploads.clear();
    },
    drop: () => {
      for (const { id } of list) remove(id);
    },
  };
}

/** takeFiles lays the files of a saved reply beside those that are there; what has no room goes, and that is said. */
export function takeFiles(files: Attachments, refs: readonly FileRef[]): void {
  const room = Math.max(0, limits.files - files.list.length);
  if (refs.length > room) say(t("file.too-many", { n: limits.files }), { tone: "danger" });
  files.put(refs.slice(0, room));
  letGo(refs.slice(room));
}

/** letGo removes files from the server that nobody will send. One that is not removed goes by itself after a day. */
function letGo(refs: readonly FileRef[]): void {
  for (const ref of refs) void attempt(api.dropFile(ref.id));
}

function refusal(file: File, count: number, most: number): string {
  if (file.size > limits.fileBytes) return t("file.too-big", { size: sizeText(file.size), limit: sizeText(limits.fileBytes) });
  if (count >= most) return t("file.too-many", { n: most });
  return "";
}
