import { expect, test } from "vitest";
import { placesTaken } from "./load";

test("what is left of the limit is the room for one more", () => {
  expect(placesTaken(0, 400)).toBe(0);
  expect(placesTaken(30, 400)).toBe(1);
  expect(placesTaken(300, 400)).toBe(3);
  expect(placesTaken(310, 400)).toBe(4);
  expect(placesTaken(400, 400)).toBe(4);
});

test("above the limit chats at rest make no chat more, and a whole one does", () => {
  expect(placesTaken(430, 400)).toBe(4);
  expect(placesTaken(500, 400)).toBe(5);
  expect(placesTaken(560, 400)).toBe(5);
  expect(placesTaken(110, 50)).toBe(1);
});
