// @vitest-environment jsdom
import { expect, test } from "vitest";
import { type Browser, hindrance } from "./device";

const able: Browser = { secure: true, worker: true, push: true, permission: "default", apple: false };

test("what hinders is named, and what the person can do about it comes first", () => {
  const why = (change: Partial<Browser>, key = "BKey") => hindrance({ ...able, ...change }, key);
  expect(why({})).toBeNull();
  expect(why({ permission: "granted" })).toBeNull();
  expect(why({}, "")).toBe("switched-off");
  expect(why({ secure: false, worker: false })).toBe("insecure");
  expect(why({ push: false })).toBe("unsupported");
  expect(why({ push: false, apple: true })).toBe("install");
  expect(why({ permission: "missing" })).toBe("unsupported");
  expect(why({ permission: "denied" })).toBe("denied");
});
