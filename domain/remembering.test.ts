import { describe, expect, it } from "vitest";
import { remembering } from "./remembering.ts";

describe("a function that remembers", () => {
  it("asks once for each text, also where there is nothing to say of it", () => {
    const asked: string[] = [];
    const length = remembering(2, (text) => (asked.push(text), text === "" ? null : text.length));
    expect(["м2", "", "м2", ""].map(length)).toEqual([2, null, 2, null]);
    expect(asked).toEqual(["м2", ""]);
  });

  it("keeps no more texts than it may", () => {
    const asked: string[] = [];
    const length = remembering(2, (text) => (asked.push(text), text.length));
    expect(["а", "бб", "ввв", "а"].map(length)).toEqual([1, 2, 3, 1]);
    expect(asked).toEqual(["а", "бб", "ввв", "а"]);
  });
});
