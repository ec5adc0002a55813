/** What a caller can do about an error. "offline": the server was not reached, so the fate of a write is unknown. */
export type ErrorKind =
  "invalid" | "denied" | "signed-out" | "missing" | "conflict" | "gone" | "limited" | "unavailable" | "offline" | "broken";

/** ApiError is a refused or failed call. message is a sentence for the person. */
export class ApiError extends Error {
  constructor(
    readonly kind: ErrorKind,
    message: string,
    readonly status: number = 0,
    /** The detail that belongs to the kind: a Holder, a Collision. */
    readonly data: unknown = undefined,
    /** When the server asked to come back, in milliseconds from now. */
    readonly retryAfterMs: number | undefined = undefined,
  ) {
    super(message);
    this.name = "ApiError";
  }
}

/** isKind reports whether an error is an ApiError of one of the kinds. */
export function isKind(error: unknown, ...kinds: ErrorKind[]): error is ApiError {
  return error instanceof ApiError && kinds.includes(error.kind);
}

/** isFateUnknown reports whether a write that failed so may have been stored: it must be repeated with the same key. */
export function isFateUnknown(error: unknown): boolean {
  return !(error instanceof ApiError) || error.kind === "offline" || error.kind === "broken" || error.kind === "unavailable";
}

/** isPassing reports whether the same call may succeed later without anybody changing anything. */
export function isPassing(error: unknown): boolean {
  return isFateUnknown(error) || isKind(error, "limited", "signed-out");
}

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface CallOptions {
  body?: unknown;
  query?: Record<string, string | number | undefined>;
  signal?: AbortSignal;
}

/** Call does one request and answers its JSON, or throws an ApiError. */
export type Call = <T>(method: Method, path: string, options?: CallOptions) => Promise<T>;

export interface CallerOptions {
  /** Headers of every request, asked each time. */
  headers?: () => Record<string, string>;
  fetch?: typeof fetch;
  /** A request that takes longer is given up as offline. */
  timeoutMs?: number;
}

/** caller makes the one way in which the front ends speak to the API. */
export function caller(options: CallerOptions = {}): Call {
  const send = options.fetch ?? ((input: RequestInfo | URL, init?: RequestInit) => fetch(input, init));
  return async <T>(method: Method, path: string, call: CallOptions = {}): Promise<T> => {
    const response = await reach(send, path + queryOf(call.query), requestOf(method, call, options), call.signal);
    if (response.ok) return (await bodyOf(response)) as T;
    throw await problemOf(response);
  };
}

/** blobOf fetches a file with the caller's headers. */
export async function blobOf(path: string, headers: Record<string, string>, signal?: AbortSignal): Promise<Blob> {
  const init: RequestInit = { headers };
  if (signal) init.signal = signal;
  const response = await reach((input, request) => fetch(input, request), path, init, signal);
  if (!response.ok) throw await problemOf(response);
  return response.blob();
}

function requestOf(method: Method, call: CallOptions, options: CallerOptions): RequestInit {
  const headers: Record<string, string> = { Accept: "application/json", ...options.headers?.() };
  const init: RequestInit = { method, headers, credentials: "same-origin" };
  if (call.body !== undefined) {
    headers["Content-Type"] = "application/json";
    init.body = JSON.stringify(call.body);
  }
  init.signal = patience(options.timeoutMs ?? 30_000, call.signal);
  return init;
}

/** patience aborts after a time, or with the caller's signal. AbortSignal.any is too young for visitors' browsers. */
function patience(ms: number, outer?: AbortSignal): AbortSignal {
  const own = new AbortController();
  setTimeout(() => own.abort(), ms);
  outer?.addEventListener("abort", () => own.abort());
  if (outer?.aborted) own.abort();
  return own.signal;
}

function queryOf(query: CallOptions["query"]): string {
  const pairs = Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== "");
  return pairs.length === 0 ? "" : `?${new URLSearchParams(pairs.map(([name, value]) => [name, String(value)])).toString()}`;
}

async function reach(send: typeof fetch, url: string, init: RequestInit, signal?: AbortSignal): Promise<Response> {
  try {
    return await send(url, init);
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new ApiError("offline", "The server cannot be reached.");
  }
}

async function bodyOf(response: Response): Promise<unknown> {
  if (response.status === 204) return undefined;
  try {
    return await response.json();
  } catch {
    throw new ApiError("offline", "The connection broke in the middle of the answer.", response.status);
  }
}

const kindsByStatus: Readonly<Record<number, ErrorKind>> = {
  400: "invalid",
  401: "signed-out",
  403: "denied",
  404: "missing",
  409: "conflict",
  410: "gone",
  413: "invalid",
  422: "invalid",
  429: "limited",
  502: "unavailable",
  503: "unavailable",
  504: "unavailable",
};

/** problemOf reads an RFC 9457 problem; anything else becomes one by its status. */
export async function problemOf(response: Response): Promise<ApiError> {
  let problem: { detail?: unknown; title?: unknown; data?: unknown } = {};
  try {
    const parsed: unknown = await response.json();
    if (typeof parsed === "object" && parsed !== null) problem = parsed;
  } catch {
    // A proxy's page, or a broken line: the status says enough.
  }
  return asError(response.status, problem, retryAfter(response.headers.get("Retry-After")));
}

/** asError makes the ApiError of a status and a problem's body. */
export function asError(status: number, problem: { detail?: unknown; title?: unknown; data?: unknown }, after?: number): ApiError {
  const kind = kindsByStatus[status] ?? (status >= 500 ? "broken" : "invalid");
  const text = [problem.detail, problem.title].find((part) => typeof part === "string" && part !== "");
  return new ApiError(kind, typeof text === "string" ? text : `The server answered ${status}.`, status, problem.data, after);
}

function retryAfter(header: string | null): number | undefined {
  if (header === null) return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}
