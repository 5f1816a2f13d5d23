import writeExcelFile from "write-excel-file/node";
import { formatDay } from "../../domain/calendar.ts";
import { STATUS_NAMES } from "../../domain/estimate/status.ts";
import { REVISION_STATUS_NAMES } from "../../domain/agreement.ts";
import type { EstimateDocument } from "./estimate_document.ts";
import { addOptions, addSections, addTableHead } from "./xlsx_lines.ts";
import { addClosing } from "./xlsx_closing.ts";
import { printingFeature } from "./xlsx_printing.ts";
import {
  addRow,
  addressOf,
  COLUMNS,
  formula,
  isExact,
  LOOKS,
  type Sheet,
  text,
  wide,
  WIDTHS,
} from "./xlsx_sheet.ts";
import { addSummary } from "./xlsx_summary.ts";

const SHEET_NAME = "Смета";

/** Title, parties, total, head of the table: they stay on the screen. */
const FROZEN_ROWS = 4;

/** Writes a workbook of one sheet with numbers and formulas that a person can go on with. */
export async function renderXlsx(document: EstimateDocument): Promise<Uint8Array> {
  const sheet: Sheet = { rows: [], cached: new Map(), hasFormulas: hasOnlyExact(document) };
  const totalRow = addHead(sheet, document);
  addTableHead(sheet, document);
  const range = addSections(sheet, document);
  fillTotal(sheet, document, totalRow, addSummary(sheet, document, range));
  addOptions(sheet, document);
  addClosing(sheet, document);
  const buffer = await writeExcelFile(
    sheet.rows,
    {
      sheet: SHEET_NAME,
      columns: COLUMNS.map((column) => ({ width: WIDTHS[column] })),
      stickyRowsCount: FROZEN_ROWS,
      showGridLines: false,
    },
    {
      fontFamily: "Arial",
      fontSize: 10,
      features: [
        printingFeature({
          sheetName: SHEET_NAME,
          headRow: FROZEN_ROWS,
          footer: `Смета № ${document.number}`,
          cached: sheet.cached,
        }),
      ],
    },
  ).toBuffer();
  return new Uint8Array(buffer);
}

function hasOnlyExact(document: EstimateDocument): boolean {
  const lines = document.sections.flatMap((section) => section.lines);
  return [...lines, ...document.summary].every(({ amount }) => isExact(amount));
}

/** The row of the total is filled in when the place of the total below is known. */
function addHead(sheet: Sheet, document: EstimateDocument): number {
  const { client, project, number, date, validUntil, status } = document;
  addRow(sheet, { index: text(`Смета № ${number} от ${formatDay(date)}`, LOOKS.title) }, 22);
  const parts = [
    document.title,
    project?.title ?? "",
    client?.name ?? "",
    validUntil === null ? "" : `действительна до ${formatDay(validUntil)}`,
    document.priceKind === "firm" ? "цена твёрдая" : "цена приблизительная",
    status === "approved" ? "" : { ...STATUS_NAMES, ...REVISION_STATUS_NAMES }[status],
  ];
  addRow(sheet, { index: text(parts.filter((part) => part !== "").join(" · "), LOOKS.muted) });
  return addRow(sheet);
}

function fillTotal(sheet: Sheet, document: EstimateDocument, row: number, totalAt: number): void {
  const above: Sheet = { ...sheet, rows: sheet.rows.slice(0, row - 1) };
  const cells = {
    index: wide(`ИТОГО, ${document.vatRemark}`, COLUMNS.indexOf("amount"), LOOKS.bold),
    amount: formula(above, "amount", addressOf("amount", totalAt), document.total, LOOKS.bold),
  };
  addRow(above, cells, 20);
  sheet.rows[row - 1] = above.rows[row - 1] ?? [];
}
