// @vitest-environment jsdom
import { expect, test, vi } from "vitest";
import { ApiError } from "$kit/api.ts";
import { attachments } from "./attachments.svelte.ts";

test.each<[string, unknown, boolean, string]>([
  [
    "what the server refuses is not offered again",
    new ApiError("invalid", "SVG files cannot be sent."),
    false,
    "SVG files cannot be sent.",
  ],
  ["a broken line is", new ApiError("offline", "no line"), true, "You are offline."],
  ["a server that is too busy is", new ApiError("limited", "Too many files."), true, "Too many files."],
  ["a part of the program that did not load is", new TypeError("failed to fetch"), true, "You are offline."],
])("files: %s", async (_, error, again, problem) => {
  const files = attachments(
    () => Promise.reject(error),
    () => "You are offline.",
  );
  files.add(new File(["x"], "x.svg"));
  await vi.waitFor(() => expect(files.list[0]?.problem).not.toBe(""));
  expect(files.list[0]).toMatchObject({ again, problem });
});
