import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addDays,
  type Day,
  dayIn,
  formatDay,
  formatDayShort,
  formatInstant,
  parseDay,
} from "./calendar.ts";

const anyDay = fc
  .date({ min: new Date("1900-01-01"), max: new Date("2199-12-31"), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10) as Day);

describe("parseDay", () => {
  it.each(["2026-11-22", "2024-02-29", "2000-01-01"])("reads %s", (text) => {
    expect(parseDay(text)).toBe(text);
  });

  it.each([
    "2026-02-29",
    "2026-13-01",
    "2026-00-10",
    "22.11.2026",
    "2026-1-1",
    "",
    "2026-11-22T00",
  ])("refuses %j", (text) => {
    expect(parseDay(text)).toBeNull();
  });
});

describe("dayIn", () => {
  it("follows the time zone of the company across midnight", () => {
    const instant = new Date("2026-12-31T20:30:00Z");
    expect(dayIn("Europe/Moscow", instant)).toBe("2026-12-31");
    expect(dayIn("Asia/Yekaterinburg", instant)).toBe("2027-01-01");
    expect(dayIn("Asia/Vladivostok", instant)).toBe("2027-01-01");
  });
});

describe("addDays", () => {
  it("steps over the end of a year and a leap day", () => {
    expect(addDays("2026-12-31" as Day, 1)).toBe("2027-01-01");
    expect(addDays("2024-02-28" as Day, 1)).toBe("2024-02-29");
    expect(addDays("2024-03-01" as Day, -1)).toBe("2024-02-29");
  });

  it("goes back as far as it went forth", () => {
    fc.assert(
      fc.property(anyDay, fc.integer({ min: -5000, max: 5000 }), (day, days) => {
        expect(addDays(addDays(day, days), -days)).toBe(day);
      }),
    );
  });
});

describe("writing", () => {
  it("writes days and instants as Russian documents do", () => {
    expect(formatDay("2026-11-22" as Day)).toBe("22 ноября 2026 г.");
    expect(formatDayShort("2026-11-02" as Day)).toBe("02.11.2026");
    expect(formatInstant(new Date("2026-11-22T11:05:00Z"), "Europe/Moscow")).toBe(
      "22.11.2026, 14:05",
    );
  });
});
