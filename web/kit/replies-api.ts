import type { Call } from "./api.ts";
import type { AgentId, ConversationId, FileId, FileRef, GroupId, Micros } from "./wire.ts";

export type ReplyId = string;

/** ReplyScope is for whom a saved reply is: its maker, a group, the whole team. */
export type ReplyScope = "own" | "group" | "team";

/** ReplyOrigin is what a draft was made of; the lines are there for who may see them. */
export interface ReplyOrigin {
  kind: "feedback" | "side_talk" | "agent";
  lines?: { conversation: ConversationId; thread: string; from: number; to: number };
}

/** SavedReply is a text with files that is written once and used again. */
export interface SavedReply {
  id: ReplyId;
  scope: ReplyScope;
  group?: GroupId;
  by: AgentId;
  name: string;
  text: string;
  language?: string;
  files?: FileRef[];
  /** Somebody has suggested it; nobody can use it before it is published. */
  draft?: boolean;
  origin?: ReplyOrigin;
  created: Micros;
  changed: Micros;
  changed_by: AgentId;
  version: number;
  /** How likely it is wanted, by its use. */
  rank: number;
  usable: boolean;
  writable: boolean;
  discardable: boolean;
}

/** ReplyFields are what a writer decides. */
export interface ReplyFields {
  scope: ReplyScope;
  group?: GroupId;
  name: string;
  text: string;
  language?: string;
  files?: FileId[];
}

/** UsedReply is a saved reply that a message was made of. */
export interface UsedReply {
  id: ReplyId;
  edited?: boolean;
}

/** FilledReply is a reply as it goes into a composer. Blanks are variables without a value: they stand in the text in double braces. */
export interface FilledReply {
  text: string;
  files: FileRef[];
  blanks: string[];
  /** What a talk of the team has not, and was left out there. */
  left?: string[];
}

export interface ReplyUse {
  reply: ReplyId;
  sent: number;
  /** How many of them were changed before they were sent. */
  edited: number;
  people: number;
  last?: Micros;
  /** For 90 days. */
  unused?: boolean;
}

export interface ImportedRow {
  row: number;
  name?: string;
  what: "make" | "change" | "same" | "refuse";
  problem?: string;
}

/** ReplyImport is what a file would do, or has done; a refused import's error carries it, too. */
export interface ReplyImport {
  rows: ImportedRow[];
  made: number;
  changed: number;
  same: number;
  refused: number;
}

/** The limits of saved replies, as the server keeps to them. */
export const replyLimits = { name: 60, text: 4000, files: 5, used: 10 } as const;

/** replyFilesPath is where a file for a saved reply is uploaded. */
export const replyFilesPath = "/v1/saved-replies/files";

/** blankOf is what stands in a text where a variable has no value. */
export function blankOf(variable: string): string {
  return `{{${variable}}}`;
}

/** replies are the operations upon saved replies. */
export function replies(call: Call) {
  const one = (id: ReplyId, rest = "") => `/v1/saved-replies/${encodeURIComponent(id)}${rest}`;
  return {
    savedReplies: () => call<{ replies: SavedReply[]; variables: string[] }>("GET", "/v1/saved-replies"),
    makeReply: (key: string, fields: ReplyFields) =>
      call<{ reply: SavedReply; again: boolean }>("POST", "/v1/saved-replies", { body: { key, ...fields } }),
    /** `version` is the one that was changed; a conflict's data holds the one that somebody has saved meanwhile. */
    changeReply: (id: ReplyId, version: number, fields: ReplyFields, publish = false) =>
      call<SavedReply>("PUT", one(id), { body: { ...fields, version, publish } }),
    deleteReply: (id: ReplyId) => call<void>("DELETE", one(id)),
    suggestReply: (key: string, draft: Pick<ReplyFields, "scope" | "group" | "name" | "text">) =>
      call<{ reply: SavedReply; again: boolean }>("POST", "/v1/saved-replies/drafts", { body: { key, ...draft } }),
    suggestReplyOfFeedback: (key: string, feedback: string) =>
      call<{ reply: SavedReply; again: boolean }>("POST", `/v1/feedback/${encodeURIComponent(feedback)}/draft-reply`, { body: { key } }),
    /** Of an answer to a question aside, which is the note of that number. */
    suggestReplyOfAnswer: (key: string, conversation: ConversationId, note: number) =>
      call<{ reply: SavedReply; again: boolean }>("POST", `/v1/conversations/${encodeURIComponent(conversation)}/draft-reply`, {
        body: { key, note },
      }),
    fillReply: (id: ReplyId, conversation: ConversationId) => call<FilledReply>("POST", one(id, "/fill"), { body: { conversation } }),
    previewReply: (text: string, values: Record<string, string>, signal?: AbortSignal) =>
      call<FilledReply>("POST", "/v1/saved-replies/preview", { body: { text, values }, ...(signal ? { signal } : {}) }),
    replyUse: (weeks: number) => call<{ use: ReplyUse[] }>("GET", "/v1/saved-replies/use", { query: { weeks } }),
    replyChats: (id: ReplyId, weeks: number) => call<{ conversations: ConversationId[] }>("GET", one(id, "/chats"), { query: { weeks } }),
    exportReplies: () => call<{ csv: string }>("GET", "/v1/saved-replies/export"),
    importReplies: (csv: string, dry: boolean) => call<ReplyImport>("POST", "/v1/saved-replies/import", { body: { csv, dry } }),
  };
}
