import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { money, quantity } from "../documents/testing_documents.ts";
import { formatMoney, kopecks } from "../../domain/money.ts";
import {
  dateText,
  exactDecimal,
  listTextToRows,
  readMoneyCell,
  readQuantityCell,
  rowsToListText,
} from "./cells.ts";

describe("the number of a cell", () => {
  test.each([
    ["12.500000000001", "12.5"],
    ["12.500000000000002", "12.5"],
    ["0.30000000000000004", "0.3"],
    ["14961.285", "14961.2850"],
    ["1.005", "1.0050"],
    ["0.1234567891", "0.1234568"],
    ["1E-7", "0.0000001"],
    ["4.9E-8", "0"],
    ["1E+3", "1000"],
    ["99999999999.99", "99999999999.99"],
    ["-12.5", "-12.5"],
    ["0", "0"],
  ])("%s is %s", (text, expected) => {
    expect(exactDecimal(text)).toBe(expected);
  });

  test.each(["", " ", "abc", "1e400", "Infinity", "1e22"])("%j is none", (text) => {
    expect(exactDecimal(text)).toBeNull();
  });

  test("is read back as the same money, whatever the sum", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 9_999_999_999_999n }), (value) => {
        const decimal = exactDecimal(String(Number(formatMoney(kopecks(value)))));
        expect(readMoneyCell(decimal ?? "")).toEqual({ ok: true, value });
      }),
    );
  });
});

describe("a cell of money", () => {
  test.each([
    ["450", "450"],
    ["1 234,56 ₽", "1234.56"],
    ["1\u00a0234.56", "1234.56"],
    ["14961.2850", "14961.29"],
    ["1.0050", "1.01"],
    ["520,5049", "520.50"],
  ])("%j is %s", (text, expected) => {
    expect(readMoneyCell(text)).toEqual({ ok: true, value: money(expected) });
  });

  test("is blank with a dash and ambiguous with three digits of a text", () => {
    expect(readMoneyCell("")).toBeNull();
    expect(readMoneyCell("—")).toBeNull();
    expect(readMoneyCell("1.234")).toEqual({ ok: false, reason: "ambiguous" });
    expect(readMoneyCell("договорная")).toMatchObject({ ok: false });
    expect(readMoneyCell("-5")).toEqual({ ok: false, reason: "negative" });
  });
});

test("a quantity may be arithmetic", () => {
  expect(readQuantityCell("12,5*4")).toEqual({ ok: true, value: quantity("50") });
  expect(readQuantityCell("0.385")).toEqual({ ok: true, value: quantity("0.385") });
});

test("a date stays a date, for a person to see", () => {
  expect(dateText(new Date(Date.UTC(2026, 4, 1)))).toBe("01.05.2026");
});

test("rows kept as text come back cell by cell", () => {
  const rows = [["1", "Плитка\t60\nx60", "м²"], [], ["", "Итого", ""]];
  expect(listTextToRows(rowsToListText(rows))).toEqual([
    ["1", "Плитка 60 x60", "м²"],
    [""],
    ["", "Итого", ""],
  ]);
});
