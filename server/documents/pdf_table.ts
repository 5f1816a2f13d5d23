import type { Content, ContentTable, CustomTableLayout, TableCell } from "pdfmake/interfaces.js";
import { formatAmountRu, formatQuantityRu } from "../../domain/numbers_ru.ts";
import type {
  DocumentLine,
  DocumentOption,
  DocumentSection,
  EstimateDocument,
} from "./estimate_document.ts";
import { CELL_PADDING, measureColumns } from "./pdf_columns.ts";
import { BARE_LAYOUT, caption, COLORS, heading, SIZES } from "./pdf_style.ts";
import { oneLine } from "./pdf_text.ts";

/** A longer note of a line goes below the table: a row has to fit on a page. */
const NOTE_LENGTH = 300;

/** Above and below the text of a row. */
const ROW_PADDING = 3.2;

const COLUMN_COUNT = 6;

type Row = TableCell[];

/** The lines that are in the total. */
export function printLines(document: EstimateDocument): Content[] {
  const widths = measureColumns(document.sections, document.options);
  const blocks = document.sections.flatMap((section) =>
    printSection(section, widths, document.sections.length > 1),
  );
  return [
    makeTable(widths, [headRow(document.hasVatOnTop)], blocks.length > 0 ? blocks : [emptyRow()]),
  ];
}

/** The optional lines that nobody has chosen, in the same columns. */
export function printOptions(document: EstimateDocument): Content[] {
  if (document.options.length === 0) return [];
  const widths = measureColumns(document.sections, document.options);
  const title = spanning({
    stack: [heading("По желанию, в итог не входят")],
    margin: [0, 18, 0, 0],
  });
  const head = [title, headRow(document.hasVatOnTop)];
  return [makeTable(widths, head, document.options.map(optionRow))];
}

const TABLE_LAYOUT: CustomTableLayout = {
  ...BARE_LAYOUT,
  hLineWidth: (line, node) => (isStrong(line, node) ? 0.8 : isAboveHead(line, node) ? 0 : 0.5),
  hLineColor: (line, node) => (isStrong(line, node) ? COLORS.strongLine : COLORS.line),
};

function isAboveHead(line: number, node: ContentTable): boolean {
  return line < (node.table.headerRows ?? 0);
}

/** Below the head and below the last row. */
function isStrong(line: number, node: ContentTable): boolean {
  return line === node.table.headerRows || isEnd(line, node);
}

/** Rows that must stay on one page are one row of the outer table with this table inside. */
const BLOCK_LAYOUT: CustomTableLayout = {
  ...BARE_LAYOUT,
  hLineWidth: (line, node) => (line === 0 || isEnd(line, node) ? 0 : 0.5),
  hLineColor: () => COLORS.line,
};

function isEnd(line: number, node: ContentTable): boolean {
  return line === node.table.body.length;
}

function makeTable(widths: number[], head: Row[], rows: Row[]): ContentTable {
  return {
    layout: TABLE_LAYOUT,
    fontSize: SIZES.table,
    table: {
      widths,
      headerRows: head.length,
      keepWithHeaderRows: 1,
      dontBreakRows: true,
      body: [...head, ...rows],
    },
  };
}

function headRow(hasVatOnTop: boolean): Row {
  const suffix = hasVatOnTop ? ", ₽\nбез НДС" : ", ₽";
  return [
    headCell("№", "left"),
    headCell("Наименование", "left"),
    headCell("Ед.", "left"),
    headCell("Кол-во", "right"),
    headCell(`Цена${suffix}`, "right"),
    headCell(`Сумма${suffix}`, "right"),
  ];
}

function headCell(text: string, alignment: "left" | "right"): TableCell {
  return {
    text,
    alignment,
    fontSize: SIZES.small,
    color: COLORS.muted,
    margin: [CELL_PADDING, 2, CELL_PADDING, 3],
  };
}

/**
 * A section as rows of the table. The heading stays with the first line and the subtotal with the last.
 */
function printSection(section: DocumentSection, widths: number[], hasSubtotal: boolean): Row[] {
  const isMixed = section.lines.some((line) => line.kind !== section.lines[0]?.kind);
  const lines = section.lines.map((line) => lineRow(line, isMixed ? kindMark(line) : ""));
  const before = section.title === null ? [] : [sectionRow(section.title)];
  const after = hasSubtotal ? [subtotalRow(section, isMixed)] : [];
  if (lines.length === 1) return [block([...before, ...lines, ...after], widths)];
  return [
    block([...before, ...lines.slice(0, 1)], widths),
    ...lines.slice(1, -1),
    block([...lines.slice(-1), ...after], widths),
  ];
}

function block(rows: Row[], widths: number[]): Row {
  const [only] = rows;
  if (rows.length === 1 && only) return only;
  return spanning({ layout: BLOCK_LAYOUT, table: { widths, body: rows } });
}

function spanning(content: Content): Row {
  const cell = { stack: [content], colSpan: COLUMN_COUNT };
  return [cell, ...Array.from({ length: COLUMN_COUNT - 1 }, (): TableCell => ({}))];
}

function sectionRow(title: string): Row {
  return spanning({
    text: oneLine(title),
    bold: true,
    fontSize: SIZES.body,
    margin: [CELL_PADDING, 7, CELL_PADDING, 3.5],
  });
}

function subtotalRow(section: DocumentSection, isMixed: boolean): Row {
  const label = section.title === null ? "Итого" : `Итого: ${oneLine(section.title)}`;
  const parts = `работы ${formatAmountRu(section.work)} · материалы ${formatAmountRu(section.material)}`;
  return [
    {
      colSpan: COLUMN_COUNT - 1,
      stack: [{ text: label, bold: true }, ...(isMixed ? [caption(parts)] : [])],
      alignment: "right",
      margin: [CELL_PADDING, ROW_PADDING, CELL_PADDING, ROW_PADDING],
    },
    ...Array.from({ length: COLUMN_COUNT - 2 }, (): TableCell => ({})),
    { ...figures(formatAmountRu(section.total)), bold: true },
  ];
}

function lineRow(line: DocumentLine, mark: string): Row {
  const note = shortNote(line);
  const name: Content[] = [{ text: oneLine(line.name) }];
  if (mark !== "") name.push(caption(mark));
  if (note !== "") name.push(caption(note));
  return [
    { ...figures(String(line.index)), alignment: "left", color: COLORS.muted },
    { stack: name, margin: [CELL_PADDING, ROW_PADDING, CELL_PADDING, ROW_PADDING] },
    { ...figures(oneLine(line.unit)), alignment: "left" },
    figures(formatQuantityRu(line.quantity)),
    figures(formatAmountRu(line.price)),
    figures(formatAmountRu(line.amount)),
  ];
}

function optionRow(option: DocumentOption): Row {
  return lineRow(option, option.sectionTitle === null ? "" : oneLine(option.sectionTitle));
}

function kindMark(line: DocumentLine): string {
  return line.kind === "material" ? "материал" : "";
}

function figures(text: string) {
  const margin: [number, number, number, number] = [
    CELL_PADDING,
    ROW_PADDING,
    CELL_PADDING,
    ROW_PADDING,
  ];
  return { text, alignment: "right" as const, margin };
}

function emptyRow(): Row {
  return spanning({
    text: "Строк пока нет",
    color: COLORS.muted,
    margin: [CELL_PADDING, 8, CELL_PADDING, 8],
  });
}

function isLongNote(line: DocumentLine): boolean {
  return line.note.length > NOTE_LENGTH;
}

function shortNote(line: DocumentLine): string {
  return isLongNote(line) ? "см. примечание под таблицей" : oneLine(line.note);
}

/** Notes that are too long for a row, by the number of the line. */
export function printLongNotes(document: EstimateDocument): Content[] {
  const lines = [
    ...document.sections.flatMap((section) => section.lines),
    ...document.options,
  ].filter(isLongNote);
  if (lines.length === 0) return [];
  return [
    { stack: [heading("Примечания к строкам")], margin: [0, 14, 0, 0] },
    ...lines.map((line): Content => ({
      text: [{ text: `${line.index}. `, bold: true }, oneLine(line.note)],
      fontSize: SIZES.table,
      margin: [0, 0, 0, 4],
    })),
  ];
}
