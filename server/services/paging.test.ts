import { describe, expect, it } from "vitest";
import { packId } from "../../domain/ids.ts";
import { idCursor, makePage, readIdCursor, readPageRequest, searchWords } from "./paging.ts";

const id = "0190f3a0-0000-7000-8000-000000000001";

describe("searchWords", () => {
  it("folds case and ё, and drops what stands between the words", () => {
    expect(searchWords("  Семён\tЁЖИКОВ\n ")).toEqual(["семен", "ежиков"]);
    expect(searchWords(" ")).toEqual([]);
  });

  it("takes a whole phone number for one word, however it is written", () => {
    for (const phone of ["8 (916) 123-45-67", "+7 916 1234567", "9161234567"]) {
      expect(searchWords(phone)).toEqual(["+79161234567"]);
    }
  });

  it("drops the 8 of a beginning, which no stored number has", () => {
    expect(searchWords("8916")).toEqual(["916"]);
    expect(searchWords("8495")).toEqual(["8495"]);
  });

  it("survives what nobody types", () => {
    expect(searchWords("а\0б \ud800")).toEqual(["аб", "\ufffd"]);
    expect(searchWords("слово ".repeat(1000))).toHaveLength(8);
    expect(searchWords("я".repeat(1000))[0]).toHaveLength(200);
  });
});

describe("readPageRequest", () => {
  it("asks for 20 from the start unless told otherwise", () => {
    expect(readPageRequest({})).toEqual({ words: [], cursor: null, limit: 20 });
    expect(readPageRequest({ search: "а", cursor: "x", limit: 100 })).toEqual({
      words: ["а"],
      cursor: "x",
      limit: 100,
    });
  });

  it("refuses a page that is no page", () => {
    for (const limit of [0, -1, 101, 1.5, Number.NaN]) {
      expect(() => readPageRequest({ limit })).toThrow("от 1 до 100");
    }
  });
});

describe("a cursor", () => {
  it("comes back as the id that it was made of", () => {
    expect(readIdCursor(idCursor({ id }))).toBe(id);
    expect(readIdCursor(null)).toBeNull();
  });

  it("is refused when it is anything else", () => {
    for (const cursor of ["", id, `${packId(id)}x`, "' or true --"]) {
      expect(() => readIdCursor(cursor)).toThrow("устарела");
    }
  });
});

describe("makePage", () => {
  const parts = { item: (row: number) => row * 10, place: (row: number) => `after ${row}` };

  it("goes on only when there was one row too many", () => {
    expect(makePage([1, 2, 3], 2, parts)).toEqual({ items: [10, 20], next: "after 2" });
    expect(makePage([1, 2], 2, parts)).toEqual({ items: [10, 20], next: null });
    expect(makePage([], 2, parts)).toEqual({ items: [], next: null });
  });
});
