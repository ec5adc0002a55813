import { ApiError, isPassing } from "$kit/api.ts";
import type { Upload } from "$kit/upload.ts";
import type { FileRef } from "$kit/wire.ts";

/** Attachment is a file beside the text that is being written. */
export interface Attachment {
  id: number;
  file: File;
  name: string;
  /** From 0 to 1. */
  part: number;
  ref: FileRef | undefined;
  problem: string;
  /** Whether the same file may go through another time. */
  again: boolean;
}

/** Target is where a file goes, and who sends it. */
export type Target = () => Promise<{ path: string; headers: Record<string, string> }>;

/** Attachments are the files of the next message. */
export type Attachments = ReturnType<typeof attachments>;

let counter = 0;

/** attachments sends each file as soon as it is chosen; the message later only names it. */
export function attachments(target: Target, offline: () => string) {
  let list = $state.raw<readonly Attachment[]>([]);
  const running = new Map<number, Upload>();
  const change = (id: number, part: Partial<Attachment>) => {
    list = list.map((a) => (a.id === id ? { ...a, ...part } : a));
  };
  const begin = async (a: Attachment) => {
    change(a.id, { problem: "", part: 0 });
    try {
      const [{ path, headers }, { upload }] = await Promise.all([target(), import("$kit/upload.ts")]);
      if (!list.some((x) => x.id === a.id)) return;
      const up = upload({ path, headers, file: a.file, name: a.name, onProgress: (part) => change(a.id, { part }) });
      running.set(a.id, up);
      change(a.id, { ref: await up.done, part: 1 });
    } catch (error) {
      const passing = error instanceof ApiError && error.kind === "offline";
      change(a.id, { again: isPassing(error), problem: passing || !(error instanceof ApiError) ? offline() : error.message });
    } finally {
      running.delete(a.id);
    }
  };
  const add = (file: File) => {
    const a: Attachment = { id: ++counter, file, name: file.name || "image.png", part: 0, ref: undefined, problem: "", again: false };
    list = [...list, a];
    void begin(a);
  };
  return {
    get list() {
      return list;
    },
    /** The files that are on the server. */
    get ready(): FileRef[] {
      return list.flatMap((a) => (a.ref === undefined ? [] : [a.ref]));
    },
    get busy() {
      return list.some((a) => a.ref === undefined && a.problem === "");
    },
    add,
    retry: (id: number) => {
      const a = list.find((x) => x.id === id);
      if (a !== undefined) void begin(a);
    },
    remove: (id: number) => {
      running.get(id)?.cancel();
      list = list.filter((a) => a.id !== id);
    },
    clear: () => {
      list = [];
    },
    /** put brings files back that a message had which is edited now. */
    put: (files: readonly FileRef[]) => {
      const back = files.map((ref): Attachment => ({
        id: ++counter,
        file: new File([], ref.name),
        name: ref.name,
        part: 1,
        ref,
        problem: "",
        again: false,
      }));
      list = [...list, ...back];
    },
  };
}
