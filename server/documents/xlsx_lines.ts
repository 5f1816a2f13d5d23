import type { LineKind } from "../../domain/estimate/estimate.ts";
import type { DocumentLine, DocumentSection, EstimateDocument } from "./estimate_document.ts";
import { oneLine } from "./pdf_text.ts";
import {
  addressOf,
  addRow,
  COLUMNS,
  formula,
  isExactProduct,
  heightFor,
  LOOKS,
  money,
  nextRow,
  number,
  quantity,
  type Sheet,
  text,
  wide,
} from "./xlsx_sheet.ts";

/** Rows of the sheet that hold the lines; subtotals between them have no kind. */
export interface TableRange {
  readonly first: number;
  readonly last: number;
}

/** In the column by which formulas tell works from materials. */
export const KIND_NAMES: Readonly<Record<LineKind, string>> = {
  work: "работа",
  material: "материал",
};

const RIGHT = { align: "right" } as const;
const WRAPPED = { ...LOOKS.cell, wrap: true };

export function addTableHead(sheet: Sheet, document: EstimateDocument): number {
  const suffix = document.hasVatOnTop ? ", ₽\nбез НДС" : ", ₽";
  const hasNotes = hasAnyNote(document);
  const cells = {
    index: text("№", LOOKS.head),
    name: text("Наименование", LOOKS.head),
    unit: text("Ед.", LOOKS.head),
    quantity: text("Кол-во", { ...LOOKS.head, ...RIGHT }),
    price: text(`Цена${suffix}`, { ...LOOKS.head, ...RIGHT }),
    amount: text(`Сумма${suffix}`, { ...LOOKS.head, ...RIGHT }),
    kind: text("Вид", { ...LOOKS.head, align: "left", indent: 1 }),
    ...(hasNotes && { note: text("Примечание", LOOKS.head) }),
  };
  return addRow(sheet, cells, 30);
}

function hasAnyNote(document: EstimateDocument): boolean {
  const lines = [...document.sections.flatMap((section) => section.lines), ...document.options];
  return lines.some((line) => line.note !== "");
}

export function addSections(sheet: Sheet, document: EstimateDocument): TableRange {
  const first = nextRow(sheet);
  for (const section of document.sections) addSection(sheet, section, tableWidth(document));
  if (document.sections.length === 0) addRow(sheet, { name: text("Строк пока нет", LOOKS.muted) });
  return { first, last: nextRow(sheet) - 1 };
}

/** The last column is for notes. */
function tableWidth(document: EstimateDocument): number {
  return hasAnyNote(document) ? COLUMNS.length : COLUMNS.length - 1;
}

function addSection(sheet: Sheet, section: DocumentSection, width: number): void {
  if (section.title !== null) {
    addRow(sheet, { index: wide(oneLine(section.title), width, LOOKS.section) }, 20);
  }
  const first = nextRow(sheet);
  for (const line of section.lines) addLine(sheet, line);
  const label = section.title === null ? "Итого" : `Итого: ${oneLine(section.title)}`;
  const span = `${addressOf("amount", first)}:${addressOf("amount", nextRow(sheet) - 1)}`;
  addRow(sheet, {
    index: wide(label, COLUMNS.indexOf("amount"), { ...LOOKS.bold, ...RIGHT }),
    amount: formula(sheet, "amount", `SUM(${span})`, section.total, LOOKS.bold),
  });
}

function addLine(sheet: Sheet, line: DocumentLine): void {
  const row = nextRow(sheet);
  const product = isExactProduct(line.quantity, line.price)
    ? `ROUND(${addressOf("quantity", row)}*${addressOf("price", row)},2)`
    : null;
  const name = oneLine(line.name);
  const note = oneLine(line.note);
  const cells = {
    index: number(line.index, { ...LOOKS.cell, ...LOOKS.muted, align: "left" }),
    name: text(name, WRAPPED),
    unit: text(line.unit, LOOKS.cell),
    quantity: quantity(line.quantity, LOOKS.cell),
    price: money(line.price, LOOKS.cell),
    amount: formula(sheet, "amount", product, line.amount, LOOKS.cell),
    kind: text(KIND_NAMES[line.kind], { ...LOOKS.cell, ...LOOKS.muted, align: "left", indent: 1 }),
    ...(note !== "" && { note: text(note, { ...WRAPPED, ...LOOKS.muted }) }),
  } as const;
  addRow(sheet, cells, Math.max(heightFor("name", name), heightFor("note", note)));
}

/** The optional lines that nobody has chosen stand below, outside of every sum. */
export function addOptions(sheet: Sheet, document: EstimateDocument): void {
  if (document.options.length === 0) return;
  addRow(sheet);
  const title = "По желанию, в итог не входят";
  addRow(sheet, { index: wide(title, tableWidth(document), LOOKS.section) }, 20);
  for (const option of document.options) addLine(sheet, option);
}
