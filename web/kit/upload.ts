import { asError, ApiError } from "./api.ts";
import type { FileRef } from "./wire.ts";

/** Upload is a file on its way. */
export interface Upload {
  done: Promise<FileRef>;
  /** cancel gives up; done is refused with an ApiError "gone". */
  cancel(): void;
}

/** UploadOptions say where a file goes. */
export interface UploadOptions {
  path: string;
  file: Blob;
  name: string;
  headers?: Record<string, string>;
  /** From 0 to 1. */
  onProgress?: (part: number) => void;
}

/** upload sends a file as multipart field "file". XMLHttpRequest, because fetch tells no progress of what goes up. */
export function upload(options: UploadOptions): Upload {
  const request = new XMLHttpRequest();
  const done = new Promise<FileRef>((resolve, reject) => {
    request.open("POST", options.path);
    for (const [name, value] of Object.entries(options.headers ?? {})) request.setRequestHeader(name, value);
    request.upload.onprogress = (e) => e.lengthComputable && options.onProgress?.(e.loaded / e.total);
    request.onload = () => settle(request, resolve, reject);
    request.onerror = () => reject(new ApiError("offline", "The server cannot be reached."));
    request.onabort = () => reject(new ApiError("gone", "The upload was cancelled."));
    const form = new FormData();
    form.append("file", options.file, options.name);
    request.send(form);
  });
  return { done, cancel: () => request.abort() };
}

function settle(request: XMLHttpRequest, resolve: (file: FileRef) => void, reject: (error: ApiError) => void): void {
  let body: unknown;
  try {
    body = JSON.parse(request.responseText);
  } catch {
    body = undefined;
  }
  const answer = typeof body === "object" && body !== null ? body : {};
  if (request.status >= 200 && request.status < 300 && "id" in answer) resolve(answer as FileRef);
  else reject(asError(request.status, answer));
}
