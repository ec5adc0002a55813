import { type Call, caller } from "./api.ts";
import type { FileId, GroupId, Micros, PageInfo, VisitorDone, VisitorSite, VisitorView } from "./wire.ts";

export interface VisitorMessage {
  key: string;
  text: string;
  files?: FileId[];
  name?: string;
  email?: string;
  page: PageInfo;
  /** What the visitor chose. */
  group?: GroupId;
  /** The message may lie in a group that takes no chat now. */
  leave?: boolean;
  /** The group as the site's own server signed it. */
  signed?: string;
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
    site: (language: string, { url, referrer, language: speaks, visits, group }: PageInfo, signed: string) =>
      call<VisitorSite>("GET", "/v1/visitor/site", { query: { language, url, referrer, speaks, visits, group, signed } }),
    postMessage: (body: VisitorMessage) => call<VisitorDone>("POST", "/v1/visitor/messages", { body }),
    conversation: (before?: number) => call<VisitorView>("GET", "/v1/visitor/conversation", { query: { before } }),
    markSeen: (upto: number) => call<void>("POST", "/v1/visitor/seen", { body: { upto } }),
    mail: (accept: boolean, email?: string) => call<VisitorDone>("POST", "/v1/visitor/mail", { body: { accept, email } }),
    end: () => call<void>("POST", "/v1/visitor/end", { body: {} }),
    fileLink: (id: FileId) => call<{ url: string; expires_at: Micros }>("POST", `${visitorFile(id)}/link`, { body: {} }),
  };
}

/** visitorFile is where a visitor reads a file, by fetch with the token. */
export function visitorFile(id: FileId, thumb = false): string {
  return `/v1/visitor/files/${encodeURIComponent(id)}${thumb ? "/thumb" : ""}`;
}
