import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isEmail, readSearch, type SearchTerm } from "./search.ts";

function keysOf(text: string): string[] {
  return readSearch(text).flatMap(({ keys }) => keys.map((key) => key.text));
}

function wordsOf(text: string): string[] {
  return readSearch(text).flatMap(({ words }) => words);
}

describe("readSearch", () => {
  it("takes words in lower case, ё as е, the last one as unfinished", () => {
    expect(readSearch("  Семён,ЁЖИКОВ")).toEqual<SearchTerm[]>([
      { words: ["семен"], isPrefix: false, keys: [] },
      { words: ["ежиков"], isPrefix: true, keys: [] },
    ]);
    expect(readSearch("Семён.")[0]?.isPrefix).toBe(false);
  });

  it("reads a phone however it is spelled", () => {
    for (const phone of [
      "+7 (916) 123-45-67",
      "8 916 123 45 67",
      "8(916)123-45-67",
      "89161234567",
      "9161234567",
      "+79161234567",
    ]) {
      expect([phone, keysOf(phone)]).toEqual([phone, ["+7654321619"]]);
    }
  });

  it("reads four digits and more as the end of a phone, fewer not", () => {
    expect(keysOf("4567")).toEqual(["#4567", "+7654"]);
    expect(keysOf("567")).toEqual(["#567"]);
    expect(keysOf("123-45-67")).toEqual(["+7654321"]);
  });

  it("reads the number of an estimate in full, without the year, and as one figure", () => {
    for (const number of ["СМ-2026-0001", "см 2026 1", "cm-2026-001", "2026-0001", "№ СМ-2026-1"]) {
      expect([number, keysOf(number)]).toEqual([number, ["#2026-1"]]);
    }
    for (const begun of ["СМ-2026", "см 2026-00"]) {
      expect(readSearch(begun)[0]?.keys).toEqual([{ text: "#2026-", isPrefix: true }]);
    }
    expect(keysOf("0001")).toContain("#1");
    expect(keysOf("1")).toEqual(["#1"]);
    expect(keysOf("№1")).toEqual(["#1"]);
  });

  it("reads an e-mail, also while it is typed", () => {
    const keys = [{ text: "@ivan@mail.ru", isPrefix: true }];
    // As somebody's e-mail, or by all of its words.
    expect(readSearch("Ivan@mail.ru")).toEqual([
      { words: ["ivan"], isPrefix: false, keys },
      { words: ["mail"], isPrefix: false, keys },
      { words: ["ru"], isPrefix: true, keys },
    ]);
    expect(readSearch("ivan@")).toEqual([
      { words: [], isPrefix: false, keys: [{ text: "@ivan@", isPrefix: true }] },
    ]);
    expect(keysOf("Ivan")).toEqual(["@ivan"]);
  });

  it("keeps an address as words", () => {
    expect(wordsOf("Ленина 12, кв. 5")).toEqual(["ленина", "12", "кв", "5"]);
    expect(wordsOf("дом 12а м2")).toEqual(["дом", "12а", "м2"]);
  });

  it("finds nothing to look for in signs, spaces and emoji", () => {
    for (const text of ["", " ", "& | ! : * ( ) '", "🏗👷", "\0", "—", "😀\ud83d"]) {
      expect([text, readSearch(text)]).toEqual([text, []]);
    }
  });

  it("makes of any text a few short words and marks without any syntax", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 5000 }), (text) => {
        const terms = readSearch(text);
        expect(terms.length).toBeLessThanOrEqual(8);
        for (const { words, keys } of terms) {
          for (const word of words) expect(word).toMatch(/^[\p{L}\p{N}]{1,200}$/u);
          for (const key of keys) expect(key.text).toMatch(/^[#+@]\S{0,200}$/u);
        }
      }),
    );
  });
});

describe("digits in a search", () => {
  it("are two words where they are too few for a phone, the last one unfinished", () => {
    expect(readSearch("12 5")).toEqual<SearchTerm[]>([
      { words: ["12"], isPrefix: false, keys: [{ text: "#12", isPrefix: false }] },
      { words: ["5"], isPrefix: true, keys: [{ text: "#5", isPrefix: false }] },
    ]);
    expect(readSearch("12 5 дом").map(({ isPrefix }) => isPrefix)).toEqual([false, false, true]);
  });

  it("are one phone from seven on, unfinished below ten", () => {
    expect(readSearch("123 456 7")).toEqual<SearchTerm[]>([
      { words: ["1234567"], isPrefix: false, keys: [{ text: "+7654321", isPrefix: true }] },
    ]);
    expect(readSearch("916123456")).toEqual<SearchTerm[]>([
      {
        words: ["916123456"],
        isPrefix: true,
        keys: [
          { text: "#916123456", isPrefix: false },
          { text: "+654321619", isPrefix: true },
        ],
      },
    ]);
    expect(readSearch("9161234567")).toEqual<SearchTerm[]>([
      { words: ["9161234567"], isPrefix: true, keys: [{ text: "+7654321619", isPrefix: false }] },
    ]);
  });

  it("are an estimate's number only as a year and at most six more", () => {
    expect(keysOf("2026-0001")).toEqual(["#2026-1"]);
    expect(keysOf("12026-0001")).toEqual(["+100062021"]);
    expect(keysOf("2026-0001234")).toEqual(["+4321000620"]);
    expect(readSearch("№ 5")).toEqual<SearchTerm[]>([
      { words: [], isPrefix: false, keys: [{ text: "#5", isPrefix: false }] },
    ]);
  });
});

describe("Latin words in a search", () => {
  it("may begin an e-mail, and are none without an @ inside", () => {
    expect(readSearch("ivan")).toEqual<SearchTerm[]>([
      { words: ["ivan"], isPrefix: true, keys: [{ text: "@ivan", isPrefix: true }] },
    ]);
    expect(readSearch("иvan")[0]?.keys).toEqual([]);
    expect(readSearch("ivan").map(isEmail)).toEqual([false]);
    expect(readSearch("ivan@mail.ru").map(isEmail)).toEqual([true, true, true]);
    expect(isEmail({ keys: [{ text: "#1@2", isPrefix: false }] })).toBe(false);
  });

  it("are words of an e-mail once something stands behind the @", () => {
    expect(wordsOf("ivan@m")).toEqual(["ivan", "m"]);
    expect(wordsOf("ivan@-m")).toEqual(["ivan", "m"]);
    expect(wordsOf("ivan@.")).toEqual([]);
  });
});

it("reads two hundred characters and eight terms of a search at most", () => {
  expect(readSearch("а".repeat(300))[0]?.words[0]).toHaveLength(200);
  expect(readSearch("дом ".repeat(20))).toHaveLength(8);
});
