import writeExcelFile, { type Cell, type CellObject } from "write-excel-file/node";
import { formatDayShort } from "../../domain/calendar.ts";
import {
  type ActCell,
  type ActRow,
  headOf,
  nameOfPaper,
  periodOf,
  type PrintedAct,
  tableOf,
} from "./act_table.ts";
import { describeBalance } from "./pdf_act.ts";
import { officialName } from "./pdf_head.ts";
import { LOOKS, money, number, quantity, text } from "./xlsx_sheet.ts";
import { printingFeature } from "./xlsx_printing.ts";

/** In characters of the default font, for all columns together. */
const SHEET_WIDTH = 120;
const LINE_HEIGHT = 13;
const HEAD_HEIGHT = 54;

/**
 * КС-2 or КС-3 as a workbook of one sheet. The figures stand as they were signed: amounts come from all
 * acts together, so no formula of this sheet alone could give them.
 */
export async function renderActXlsx(paper: PrintedAct): Promise<Uint8Array> {
  const { act } = paper;
  const table = tableOf(paper);
  const count = table.columns.length;
  const widths = table.columns.map(({ width }) => (SHEET_WIDTH * width) / 100);
  const rows: Cell[][] = [];
  const add = (cells: readonly (CellObject | null)[], height = 16) => {
    const [first, ...rest] = cells;
    rows.push([{ ...(first ?? text("")), height }, ...rest]);
  };
  const line = (value: string, look: object = {}, height = 16) =>
    add([text(value, { ...look, columnSpan: count, wrap: true, alignVertical: "top" })], height);

  line(
    `Унифицированная форма № ${paper.form === "ks2" ? "КС-2" : "КС-3"}, ОКУД ${table.okud}. Утверждена постановлением Госкомстата России от 11.11.1999 № 100`,
    LOOKS.muted,
  );
  for (const [label, value] of headOf(paper)) {
    line(`${label}: ${value}`, {}, heightOf(`${label}: ${value}`, SHEET_WIDTH));
  }
  const [from, to] = periodOf(act);
  line(
    `Номер документа ${act.number} · дата составления ${formatDayShort(act.date)} · отчётный период с ${from} по ${to}`,
    LOOKS.bold,
  );
  line(table.title, LOOKS.title, 22);
  add([
    text("Сметная (договорная) стоимость с доп. работами, руб.", { columnSpan: count - 1 }),
    ...Array.from({ length: count - 2 }, () => null),
    money(act.contract.total),
  ]);
  add(
    table.columns.map(({ title }) => text(title, { ...LOOKS.head, align: "center" })),
    HEAD_HEIGHT,
  );
  const headRow = rows.length;
  add(table.columns.map((_, index) => number(index + 1, { ...LOOKS.cell, align: "center" })));
  for (const row of table.rows) addTableRow(add, row, widths);
  add([]);
  if (act.totalInWords !== null) line(act.totalInWords);
  if (act.vatGround !== null) line(act.vatGround, LOOKS.muted);
  line(describeBalance(act), LOOKS.muted, 32);
  add([]);
  const [giver, taker] = paper.form === "ks2" ? ["Сдал", "Принял"] : ["Подрядчик", "Заказчик"];
  line(
    `${giver}: ${officialName(act.contractor)} ____________________ / ${act.contractor.signatory || "____________________"} /   М.П.`,
  );
  line(
    `${taker}: ${act.client?.name ?? ""} ____________________ / ${act.acceptedBy || "____________________"} /   М.П.`,
  );
  if (act.status !== "signed")
    line(act.status === "draft" ? "ЧЕРНОВИК" : "АКТ ОТМЕНЁН", LOOKS.bold);

  const sheetName = paper.form === "ks2" ? "КС-2" : "КС-3";
  const buffer = await writeExcelFile(
    rows,
    { sheet: sheetName, columns: widths.map((width) => ({ width })), showGridLines: false },
    {
      fontFamily: "Arial",
      fontSize: 10,
      features: [
        printingFeature({ sheetName, headRow, footer: nameOfPaper(paper), cached: new Map() }),
      ],
    },
  ).toBuffer();
  return new Uint8Array(buffer);
}

function addTableRow(
  add: (cells: readonly (CellObject | null)[], height?: number) => void,
  { kind, cells }: ActRow,
  widths: readonly number[],
): void {
  const [first] = cells;
  const label = first?.kind === "text" ? first.text : "";
  if (kind === "heading") {
    add([text(label, { ...LOOKS.section, columnSpan: widths.length })], 18);
    return;
  }
  if (kind === "line") {
    const height = Math.max(
      ...cells.map((cell, index) =>
        cell.kind === "text" ? heightOf(cell.text, widths[index] ?? 10) : 16,
      ),
    );
    add(
      cells.map((cell) => writeCell(cell, LOOKS.cell)),
      height,
    );
    return;
  }
  const span = cells.findIndex((cell) => cell.kind === "money");
  const look = kind === "total" ? { ...LOOKS.total, fontSize: 11 } : LOOKS.cell;
  add([
    text(label, { ...look, columnSpan: span, align: "right" }),
    ...Array.from({ length: span - 1 }, () => null),
    ...cells.slice(span).map((cell) => writeCell(cell, look)),
  ]);
}

function writeCell(cell: ActCell, look: object): CellObject {
  if (cell.kind === "money") return money(cell.value, look);
  if (cell.kind === "quantity") return quantity(cell.value, look);
  return text(cell.text, { ...look, wrap: true });
}

/** Excel measures only rows without a height, other programs none. */
function heightOf(value: string, width: number): number {
  const lines = Math.max(1, Math.ceil(value.length / (width * 1.05)));
  return Math.min(409, 16 + (lines - 1) * LINE_HEIGHT);
}
