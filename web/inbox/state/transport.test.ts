// @vitest-environment jsdom
import { beforeEach, expect, test } from "vitest";
import { wantedTransport } from "./transport";

beforeEach(() => sessionStorage.clear());

test("the address says how a tab is connected, and the tab remembers", () => {
  expect(wantedTransport("")).toBe("auto");
  expect(wantedTransport("?transport=sse")).toBe("sse");
  expect(wantedTransport("")).toBe("sse");
  expect(wantedTransport("?transport=auto")).toBe("auto");
  expect(wantedTransport("")).toBe("auto");
});

test("what is no transport is passed over", () => {
  expect(wantedTransport("?transport=pigeon")).toBe("auto");
});
