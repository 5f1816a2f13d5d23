import { describe, expect, it } from "vitest";
import { addDays, parseDay } from "./calendar.ts";
import { dueMark, validityMark, waitingMark } from "./reminders.ts";

const today = parseDay("2026-11-22") ?? addDays("2026-11-22" as never, 0);

describe("promised prices", () => {
  it.each([
    [4, null],
    [3, "3"],
    [2, "3"],
    [1, "1"],
    [0, "1"],
    [-1, "expired"],
    [-14, "expired"],
    [-15, null],
  ])("that end in %i days are at the mark %s", (days, mark) => {
    expect(validityMark(addDays(today, days), today)).toBe(mark);
  });
});

describe("an estimate", () => {
  it.each([
    [0, null],
    [2, null],
    [3, 3],
    [9, 3],
    [10, 3],
    [11, 10],
    [30, 10],
    [31, null],
  ])("that waits for %i days is at the mark %s", (days, mark) => {
    expect(waitingMark(addDays(today, -days), today)).toBe(mark);
  });
});

describe("payments whose day has come", () => {
  it.each([
    [1, null],
    [0, "due"],
    [-6, "due"],
    [-7, "late"],
    [-30, "late"],
    [-31, null],
  ])("%i days from it are at the mark %s", (days, mark) => {
    expect(dueMark(addDays(today, days), today)).toBe(mark);
  });
});
