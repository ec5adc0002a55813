import { type Call, caller } from "./api.ts";
import type { FileId, Micros, PageInfo, VisitorDone, VisitorSite, VisitorView } from "./wire.ts";

export interface VisitorMessage {
  key: string;
  text: string;
  files?: FileId[];
  name?: string;
  email?: string;
  page: PageInfo;
}

/** VisitorApi is every operation of a visitor. Each throws an ApiError. */
export type VisitorApi = ReturnType<typeof visitorApi>;

/** visitorHeaders carry who asks: the token is asked each time, since it may change. */
export function visitorHeaders(site: string, token: () => string): () => Record<string, string> {
  return () => {
    const headers: Record<string, string> = { "Earshot-Site": site };
    const secret = token();
    if (secret !== "") headers["Authorization"] = `Bearer ${secret}`;
    return headers;
  };
}

/** visitorApi speaks as the holder of a resume token on a site. */
export function visitorApi(headers: () => Record<string, string>, call: Call = caller({ headers })) {
  return {
    site: () => call<VisitorSite>("GET", "/v1/visitor/site"),
    postMessage: (body: VisitorMessage) => call<VisitorDone>("POST", "/v1/visitor/messages", { body }),
    conversation: (before?: number) => call<VisitorView>("GET", "/v1/visitor/conversation", { query: { before } }),
    markSeen: (upto: number) => call<void>("POST", "/v1/visitor/seen", { body: { upto } }),
    end: () => call<void>("POST", "/v1/visitor/end", { body: {} }),
    fileLink: (id: FileId) => call<{ url: string; expires_at: Micros }>("POST", `${visitorFile(id)}/link`, { body: {} }),
  };
}

/** visitorFile is where a visitor reads a file, by fetch with the token. */
export function visitorFile(id: FileId, thumb = false): string {
  return `/v1/visitor/files/${encodeURIComponent(id)}${thumb ? "/thumb" : ""}`;
}
