import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { explainTableProblem, type TableProblem } from "./table_problems.ts";
import { createTableReader } from "./table_reader.ts";
import { readTable } from "./tables.ts";
import { makeArchive, makeSheet, makeWorkbook } from "./testing_files.ts";

async function rowsOf(bytes: Uint8Array): Promise<readonly (readonly string[])[]> {
  const result = await readTable(bytes);
  if (!result.ok) throw new Error(result.problem);
  return result.rows;
}

async function problemOf(bytes: Uint8Array): Promise<TableProblem | "none"> {
  const result = await readTable(bytes);
  if (result.ok) return "none";
  expect(result.problem).toBe(explainTableProblem(result.code));
  return result.code;
}

const TEXT =
  "Наименование;Ед.;Кол-во;Цена\r\nШтукатурка стен;м²;12,5;650\r\nЁмкость;шт;1;1 234,50\r\n";
const ROWS = [
  ["Наименование", "Ед.", "Кол-во", "Цена"],
  ["Штукатурка стен", "м²", "12,5", "650"],
  ["Ёмкость", "шт", "1", "1 234,50"],
];

function windows1251(text: string): Uint8Array {
  const decoder = new TextDecoder("windows-1251");
  const codes = new Map(
    Array.from({ length: 256 }, (_, byte) => [decoder.decode(Uint8Array.of(byte)), byte]),
  );
  return Uint8Array.from(text, (letter) => codes.get(letter) ?? 63);
}

describe("a text table", () => {
  test.each([
    ["UTF-8", Buffer.from(TEXT)],
    ["UTF-8 with a mark", Buffer.from(`\ufeff${TEXT}`)],
    ["UTF-16 with a mark", Buffer.from(`\ufeff${TEXT}`, "utf16le")],
    ["UTF-16 without a mark", Buffer.from(TEXT, "utf16le")],
    ["UTF-16, the other way round", Buffer.from(`\ufeff${TEXT}`, "utf16le").swap16()],
    ["tabs", Buffer.from(TEXT.replaceAll(";", "\t"))],
    ["bare line feeds", Buffer.from(TEXT.replaceAll("\r\n", "\n"))],
    ["a declared separator", Buffer.from(`sep=;\r\n${TEXT}`)],
    ["quotes around everything", Buffer.from(TEXT.replace(/[^;\r\n]+/g, '"$&"'))],
  ])("in %s is read", async (_, bytes) => {
    expect(await rowsOf(bytes)).toEqual(ROWS);
  });

  test("in Windows-1251 is read; what it lacks was lost before", async () => {
    expect(await rowsOf(windows1251(TEXT.replace("м²", "м2")))).toEqual(
      ROWS.map((row) => row.map((cell) => cell.replace("м²", "м2"))),
    );
  });

  test("with commas keeps commas inside quotes", async () => {
    const text = 'Наименование,Цена\n"Плитка 60х60, серая","1 200,50"\nКлей,890\n';
    expect(await rowsOf(Buffer.from(text))).toEqual([
      ["Наименование", "Цена"],
      ["Плитка 60х60, серая", "1 200,50"],
      ["Клей", "890"],
    ]);
  });

  test.each([
    ['"Труба 1/2"" ПНД";10', 'Труба 1/2" ПНД'],
    ['Труба 1/2" ПНД;10', 'Труба 1/2" ПНД'],
    ['"Ромашка" плюс;10', '"Ромашка" плюс'],
    ['"Клей\nплиточный";10', "Клей плиточный"],
  ])("%j keeps its quotes", async (line, name) => {
    const rows = await rowsOf(Buffer.from(`Название;Цена\n${line}\nКлей;5\n`));
    expect(rows).toEqual([
      ["Название", "Цена"],
      [name, "10"],
      ["Клей", "5"],
    ]);
  });

  test("of 20 001 rows or 101 columns is refused", async () => {
    expect(await problemOf(Buffer.from("Клей;5\n".repeat(20_000)))).toBe("none");
    expect(await problemOf(Buffer.from("Клей;5\n".repeat(20_001)))).toBe("too_many_rows");
    expect(await problemOf(Buffer.from(`${"1;".repeat(100)}1`))).toBe("too_many_columns");
  });
});

describe("a workbook", () => {
  test("gives texts, exact numbers, dates and answers as text", async () => {
    const bytes = await makeWorkbook({
      name: "Смета",
      data: [
        ["Наименование", "Кол-во", "Цена", "Когда", "Да"],
        ["  Стяжка\nпола ", 12.500000000001, 0.1 + 0.2, new Date(Date.UTC(2026, 4, 1)), true],
        [null, null, { value: 1234.5, format: "#,##0.00" }, null, false],
      ],
    });
    expect(await rowsOf(bytes)).toEqual([
      ["Наименование", "Кол-во", "Цена", "Когда", "Да"],
      ["Стяжка пола", "12.5", "0.3", "01.05.2026", "да"],
      ["", "", "1234.5", "", "нет"],
    ]);
  });

  test("gives the sheet that looks like a list, not the title page", async () => {
    const bytes = await makeWorkbook(
      { name: "Титул", data: [["ООО «Ромашка»"], ["Смета на ремонт"]] },
      {
        name: "Смета",
        data: [
          ["Наименование", "Кол-во", "Цена"],
          ["Стяжка", 1, 2],
        ],
      },
      { name: "Пусто", data: [] },
    );
    expect(await readTable(bytes)).toMatchObject({
      ok: true,
      sheetName: "Смета",
      otherSheets: ["Титул"],
    });
  });

  test("with a formatted empty cell at the far end is read", async () => {
    const rows = await rowsOf(
      makeSheet(
        '<row r="1"><c r="A1" t="inlineStr"><is><t>Клей</t></is></c><c r="XFD1" s="0"/></row><row r="1048576"><c r="A1048576"/></row>',
      ),
    );
    expect(rows).toEqual([["Клей"]]);
  });

  test("shows what could not be computed there", async () => {
    const error = '<row r="1"><c r="A1" s="1" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>';
    expect(await rowsOf(makeSheet(error))).toEqual([["#DIV/0!"]]);
  });

  const cell = (address: string) => `<c r="${address}"><v>1</v></c>`;
  const rows = (count: number) =>
    Array.from(
      { length: count },
      (_, index) => `<row r="${index + 1}">${cell(`A${index + 1}`)}</row>`,
    ).join("");
  const entities = `<!DOCTYPE x [${Array.from({ length: 9 }, (_, index) => `<!ENTITY e${index + 1} "${`&e${index};`.repeat(10)}">`).join("")}]><worksheet/>`;

  test.each<[string, TableProblem, () => Buffer]>([
    ["a sheet packed a thousand times smaller", "bomb", () => makeSheet(" ".repeat(40_000_000))],
    [
      "a size that the directory hides",
      "broken",
      () =>
        makeSheet("", [
          { name: "xl/worksheets/sheet2.xml", data: Buffer.alloc(50_000_000), claimedSize: 100 },
        ]),
    ],
    [
      "more to unpack than anybody needs",
      "bomb",
      () =>
        makeSheet("", [
          {
            name: "xl/worksheets/sheet2.xml",
            data: Buffer.alloc(300_000, "0123456789"),
            claimedSize: 65_000_000,
          },
        ]),
    ],
    [
      "thousands of parts",
      "bomb",
      () =>
        makeSheet(
          "",
          Array.from({ length: 2001 }, (_, index) => ({ name: `xl/${index}`, data: "" })),
        ),
    ],
    [
      "entities that multiply",
      "bomb",
      () => makeSheet("", [{ name: "xl/sharedStrings.xml", data: entities }]),
    ],
    [
      "a cell in the last column",
      "too_many_columns",
      () => makeSheet(`<row r="1">${cell("XFD1")}</row>`),
    ],
    ["20 001 rows", "too_many_rows", () => makeSheet(rows(20_001))],
    [
      "a row past the end of every sheet",
      "broken",
      () => makeSheet(`<row r="99999999999">${cell("A99999999999")}</row>`),
    ],
    ["an empty row past the end", "broken", () => makeSheet('<row r="99999999999"></row>')],
    ["a cell without a place", "broken", () => makeSheet('<row r="1"><c><v>1</v></c></row>')],
    [
      "cells out of order",
      "broken",
      () => makeSheet(`<row r="2">${cell("A2")}</row><row r="1">${cell("A1")}</row>`),
    ],
    ["a sheet that is cut off", "broken", () => makeSheet(`<row r="1"><c r="A1"><v>1</v>`)],
    ["nothing in it", "empty", () => makeSheet("")],
  ])("with %s is refused as %s", async (_, problem, make) => {
    expect(await problemOf(make())).toBe(problem);
  });

  test("of 20 000 rows is read", async () => {
    expect(await rowsOf(makeSheet(rows(20_000)))).toHaveLength(20_000);
  });

  test("that is damaged anywhere gives rows or a sentence", async () => {
    const whole = await makeWorkbook({
      name: "Смета",
      data: [
        ["Наименование", "Цена"],
        ["Стяжка", 2],
      ],
    });
    await fc.assert(
      fc.asyncProperty(
        fc.nat(whole.length - 1),
        fc.nat(255),
        fc.boolean(),
        async (place, value, isCut) => {
          const damaged = Uint8Array.from(isCut ? whole.subarray(0, place) : whole);
          if (!isCut) damaged[place] = value;
          const result = await readTable(damaged);
          expect(result.ok || result.problem.length > 20).toBe(true);
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe("another file", () => {
  const oldExcel = Buffer.concat([Buffer.from("d0cf11e0a1b11ae1", "hex"), Buffer.alloc(600)]);
  test.each<[string, TableProblem, Buffer]>([
    ["an .xls", "old_excel", oldExcel],
    [
      "a workbook under a password",
      "encrypted",
      Buffer.concat([oldExcel, Buffer.from("EncryptedPackage", "utf16le")]),
    ],
    ["an .xlsb", "binary_excel", makeArchive([{ name: "xl/workbook.bin", data: "1" }])],
    ["an .ods", "open_document", makeArchive([{ name: "mimetype", data: "1" }])],
    ["a .docx", "word", makeArchive([{ name: "word/document.xml", data: "1" }])],
    ["a .zip", "not_a_table", makeArchive([{ name: "photo.jpg", data: "1" }])],
    ["a PDF", "pdf", Buffer.from("%PDF-1.7\n1 0 obj")],
    ["a photo", "picture", Buffer.from("ffd8ffe000104a46", "hex")],
    ["a web page of 1С", "web_page", Buffer.from("<html><body><table><tr><td>1</td></tr></table>")],
    [
      "a program",
      "not_a_table",
      Buffer.from([0x4d, 0x5a, 0x90, 0, 3, 0, 0, 0, 4, 0, 0, 0, 0xff, 0xff]),
    ],
    ["nothing", "empty", Buffer.alloc(0)],
    ["empty lines", "empty", Buffer.from("\n;;\n\n")],
    ["20 MB and a byte", "too_large", Buffer.alloc(20_000_001, "1;")],
  ])("%s is refused as %s", async (_, problem, bytes) => {
    expect(await problemOf(bytes)).toBe(problem);
  });

  test("whatever it is never breaks the reading", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        const result = await readTable(bytes);
        expect(result.ok || result.problem.length > 20).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe("the reader in its thread", () => {
  const reader = createTableReader();
  afterAll(() => reader.close());

  test("reads a file and says in Russian what is wrong with another", async () => {
    const result = await reader.read(Buffer.from(TEXT));
    expect(result).toMatchObject({ ok: true, rows: ROWS });
    expect(await reader.read(Buffer.from("%PDF-1.7"))).toMatchObject({
      ok: false,
      problem:
        "Это PDF, таблицу из него прочитать нельзя. Пришлите таблицу Excel или строки текстом.",
    });
  });

  test("gives up a file that takes too long", async () => {
    const hurried = createTableReader({ timeout: 1 });
    expect(await hurried.read(Buffer.from(TEXT))).toMatchObject({ ok: false, code: "too_heavy" });
    await hurried.close();
  });
});
