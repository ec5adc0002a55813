// Package api is the door: HTTP operations, who is calling, the carriers of the
// stream, files, and the pages. It parses, calls desk, and shapes the answer; it
// decides nothing about chats and writes nothing by itself.
//
// It promises that every route says for whom it is, that no GET changes
// anything, that errors are RFC 9457 problems with a kind, and that what a
// visitor receives went through chat.ForVisitor. It may import chat, desk,
// stream and web; app makes it.
package api
