import { expect, it } from "vitest";
import { comparePlaces, inOrder } from "./estimate.ts";

it("things stand by their places, and by their ids where a place is shared", () => {
  const [a, b, c] = [
    { id: "3", position: "a0" },
    { id: "1", position: "a1" },
    { id: "2", position: "a1" },
  ] as const;
  expect(inOrder([c, b, a])).toEqual([a, b, c]);
  expect(inOrder([b, a, c])).toEqual([a, b, c]);
  expect(comparePlaces(b, { ...b })).toBe(0);
});
