import fc from "fast-check";
import { readSheet } from "read-excel-file/node";
import { describe, expect, test } from "vitest";
import type { Content } from "../../domain/estimate/estimate.ts";
import { formatMoney, type Kopecks } from "../../domain/money.ts";
import type { Percent } from "../../domain/percent.ts";
import { formatQuantity } from "../../domain/quantity.ts";
import { listEntries, unpackEntry } from "../imports/archive.ts";
import type { EstimateDocument, EstimateDocumentSource } from "./estimate_document.ts";
import {
  BATHROOM,
  makeContent,
  makeDocument,
  makeLong,
  money,
  percent,
  SECRET,
  withFields,
} from "./testing_documents.ts";
import { evaluateSheet } from "./testing_formulas.ts";
import { someContent } from "./testing_random.ts";
import { renderXlsx } from "./xlsx.ts";

type Row = readonly unknown[];

async function write(
  content: Content,
  fields: Partial<EstimateDocumentSource> = {},
): Promise<{ document: EstimateDocument; rows: Row[]; bytes: Uint8Array }> {
  const document = makeDocument(content, fields);
  const bytes = await renderXlsx(document);
  return { document, bytes, rows: await readSheet(Buffer.from(bytes)) };
}

function partOf(bytes: Uint8Array, name: string): string {
  const buffer = Buffer.from(bytes);
  const entry = listEntries(buffer, { entries: 100, size: 1e8, ratio: 1000 }).find(
    (found) => found.name === name,
  );
  if (!entry) throw new Error(`no ${name}`);
  return unpackEntry(buffer, entry).toString("utf8");
}

/** Sums and formulas, by the label in the first filled cell of the row. */
function amountAt(rows: readonly Row[], label: string): unknown {
  return rows.find((row) => row.find((cell) => cell !== null) === label && row[5] !== null)?.[5];
}

function toNumber(amount: Kopecks): number {
  return Number(formatMoney(amount));
}

describe("the workbook", () => {
  test("has the domain's figures as numbers", async () => {
    const { document, rows } = await write(makeContent(BATHROOM));
    for (const line of document.sections.flatMap((section) => section.lines)) {
      const row = rows.find(([index, name]) => index === line.index && name === line.name);
      expect(row?.slice(2, 7)).toEqual([
        line.unit,
        Number(formatQuantity(line.quantity)),
        toNumber(line.price),
        toNumber(line.amount),
        line.kind === "work" ? "работа" : "материал",
      ]);
    }
    expect(amountAt(rows, "Итого: Чистовая")).toBe(96_145);
    expect(amountAt(rows, "Работы")).toBe(170_270);
    expect(amountAt(rows, "Материалы")).toBe(27_768);
    expect(amountAt(rows, "ИТОГО")).toBe(198_038);
    expect(amountAt(rows, "ИТОГО, без НДС")).toBe(198_038);
    const texts = rows.flat().filter((cell) => typeof cell === "string");
    expect(texts).toContain("Сто девяносто восемь тысяч тридцать восемь рублей 00 копеек");
    expect(texts).toContain("Без НДС (УСН, освобождение по ст. 145 НК РФ)");
    expect(texts).toContain("ИП Соколов Андрей Викторович");
    expect(texts).toContain("Смета № СМ-2026-0001 от 22 ноября 2026 г.");
  });

  test("keeps as text what begins like a formula", async () => {
    const names = ["=cmd()|' /C calc'!A0", "+7 916", "-1+1", "@SUM(A1)", "<b>&\"'", "Ёж 🔥 ₽ м²"];
    const samples = [
      { title: "=1+1", lines: names.map((name) => [name, "1", "=2", "1"] as const) },
    ];
    const { rows, bytes } = await write(makeContent(samples, { title: "=HYPERLINK()" }));
    expect(rows.map((row) => row[1]).filter((cell) => names.includes(String(cell)))).toEqual(names);
    expect(rows.flat()).toContain("=1+1");
    expect(rows.flat()).toContain("Итого: =1+1");
    const formulas = [...partOf(bytes, "xl/worksheets/sheet1.xml").matchAll(/<f>([^<]*)<\/f>/g)];
    expect(formulas.filter(([, formula = ""]) => !/^-?[\w(]/.test(formula))).toEqual([]);
    expect(formulas.join(" ")).not.toMatch(/cmd|HYPERLINK/);
  });

  test("prints on A4 with the head on each page and stays in place on the screen", async () => {
    const { bytes } = await write(makeContent(BATHROOM));
    const sheet = partOf(bytes, "xl/worksheets/sheet1.xml");
    expect(sheet).toContain(
      '<pageSetup paperSize="9" orientation="portrait" fitToWidth="1" fitToHeight="0"/>',
    );
    expect(sheet).toContain('<pane ySplit="4"');
    expect(partOf(bytes, "xl/workbook.xml")).toContain("'Смета'!$4:$4");
    const order = [
      "sheetPr",
      "sheetViews",
      "cols",
      "sheetData",
      "mergeCells",
      "pageMargins",
      "pageSetup",
      "headerFooter",
    ];
    const places = order.map((tag) => sheet.indexOf(`<${tag}`));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places).not.toContain(-1);
  });

  test("holds no internal field and no hidden title in any part", async () => {
    const hidden = { title: SECRET, percent: percent("12"), base: "all", isHidden: true } as const;
    const { bytes, rows, document } = await write(makeContent(BATHROOM, {}, [hidden]));
    const buffer = Buffer.from(bytes);
    const entries = listEntries(buffer, { entries: 100, size: 1e8, ratio: 1000 });
    const parts = entries.map((entry) => unpackEntry(buffer, entry).toString("utf8"));
    expect(parts.join("")).not.toContain(SECRET);
    expect(parts.join("")).not.toContain("7.77");
    expect(amountAt(rows, "ИТОГО")).toBe(toNumber(document.total));
    expect(document.total).toBe(money("221802.56"));
  });

  test("leaves unchosen options outside of every sum", async () => {
    const option = withFields(["Тёплый пол", "10", "м²", "500"], { isOptional: true });
    const { rows } = await write(
      makeContent([{ title: "Полы", lines: [["Ламинат", "10", "м²", "100"], option] }]),
    );
    expect(amountAt(rows, "ИТОГО")).toBe(1000);
    const title = rows.findIndex(([cell]) => cell === "По желанию, в итог не входят");
    expect(rows[title + 1]?.slice(0, 6)).toEqual([2, "Тёплый пол", "м²", 10, 500, 5000]);
  });

  test("is made of nothing and of one line", async () => {
    const empty = await write(makeContent([]));
    expect(empty.rows.flat()).toContain("Строк пока нет");
    expect(amountAt(empty.rows, "ИТОГО")).toBe(0);
    const one = await write(makeContent([{ title: null, lines: [["Уборка", "1", "усл", "1"]] }]));
    expect(amountAt(one.rows, "ИТОГО")).toBe(1);
  });

  test("holds ten billion roubles exactly, and sums past fifteen digits as text", async () => {
    const large = await write(
      makeContent([{ title: "Дворец", lines: [["Золото", "100", "т", "10000000000.01"]] }]),
    );
    expect(amountAt(large.rows, "ИТОГО")).toBe(1_000_000_000_001);
    const huge = await write(
      makeContent([{ title: "Дворец", lines: [["Золото", "10000000", "т", "99999999999.99"]] }]),
    );
    expect(amountAt(huge.rows, "ИТОГО")).toBe("999999999999900000.00");
  });

  test("cuts long terms into rows without losing a word", async () => {
    const words = Array.from({ length: 900 }, (_, index) => `слово${index}`).join(" ");
    const paymentTerms = words.slice(0, 2000);
    const note = "ё".repeat(4000);
    const { rows } = await write(makeContent(BATHROOM, { paymentTerms, note }));
    const texts = rows.map((row) => row[1]).filter((cell) => typeof cell === "string");
    expect(texts.join(" ")).toContain(paymentTerms.slice(0, 1900));
    expect(texts.join("").split("ё").length - 1).toBeGreaterThanOrEqual(4000);
  });

  test("has 2 000 lines", async () => {
    const { document, rows } = await write(makeContent(makeLong(2000)));
    expect(rows.filter(([index]) => typeof index === "number")).toHaveLength(2000);
    expect(amountAt(rows, "ИТОГО")).toBe(toNumber(document.total));
  });
});

test("a figure that a spreadsheet would round wrongly stands without a formula", async () => {
  const discount = { kind: "percent", percent: 999_995n as Percent, base: "all" } as const;
  const content = makeContent([{ title: "Полы", lines: [["Паркет", "1", "м²", "137002000.01"]] }], {
    discount,
  });
  const { bytes } = await write(content);
  const sheet = partOf(bytes, "xl/worksheets/sheet1.xml");
  expect(sheet).toContain("ROUND(");
  expect(sheet).not.toContain("99.9995");
});

test("formulas of any estimate give the figures that are written beside them", async () => {
  await fc.assert(
    fc.asyncProperty(someContent, async (content) => {
      const { document, bytes, rows } = await write(content);
      const { computed, written } = evaluateSheet(
        partOf(bytes, "xl/worksheets/sheet1.xml"),
        partOf(bytes, "xl/sharedStrings.xml"),
      );
      expect(computed.size).toBeGreaterThan(3);
      for (const [address, value] of computed) {
        expect(value).toBeCloseTo(Number(written.get(address)), 2);
      }
      expect(amountAt(rows, "ИТОГО")).toBe(toNumber(document.total));
    }),
    { numRuns: 30, endOnFailure: true },
  );
});
