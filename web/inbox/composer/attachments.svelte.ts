/** The files that lie in a composer: on their way, there, or refused. */
import { ApiError } from "$kit/api.ts";
import { type Upload, upload } from "$kit/upload.ts";
import { type FileRef, limits } from "$kit/wire.ts";
import { refusalWords } from "../state/refusal";
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
  remove(id: number): void;
  clear(): void;
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
    remove: (id) => {
      uploads.get(id)?.cancel();
      uploads.delete(id);
      list = list.filter((a) => a.id !== id);
    },
    clear: () => {
      list = [];
      uploads.clear();
    },
  };
}

function refusal(file: File, count: number, most: number): string {
  if (file.size > limits.fileBytes) return t("file.too-big", { size: sizeText(file.size), limit: sizeText(limits.fileBytes) });
  if (count >= most) return t("file.too-many", { n: most });
  return "";
}
