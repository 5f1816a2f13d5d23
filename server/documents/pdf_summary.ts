import type { Content, TableCell } from "pdfmake/interfaces.js";
import { ZERO } from "../../domain/money.ts";
import { formatMoneyRu } from "../../domain/numbers_ru.ts";
import type { SummaryRow } from "./document_summary.ts";
import type { EstimateDocument } from "./estimate_document.ts";
import { measureFigures } from "./pdf_columns.ts";
import { BARE_LAYOUT, COLORS, CONTENT_WIDTH, SIZES } from "./pdf_style.ts";
import { oneLine } from "./pdf_text.ts";

const SUMMARY_WIDTH = 330;

/** More rows than this can't be promised to fit on one page together. */
const KEPT_TOGETHER = 16;

/** The rows from «Работы» to «ИТОГО», the words and the ground for no VAT. */
export function printSummary(document: EstimateDocument): Content[] {
  const first = document.summary.findIndex(({ kind }) => isClosing(kind));
  const amountWidth = measureFigures(formatMoneyRu(document.total), SIZES.lead);
  const early = document.summary.slice(0, first);
  const closing = [
    printRows(document.summary.slice(first), amountWidth),
    { text: closingWords(document), alignment: "right", margin: [0, 4, 4, 0] } satisfies Content,
  ];
  if (document.summary.length <= KEPT_TOGETHER) {
    return [
      {
        stack: [printRows(early, amountWidth), ...closing],
        unbreakable: true,
        margin: [0, 12, 0, 0],
      },
    ];
  }
  return [
    { stack: [printRows(early, amountWidth)], margin: [0, 12, 0, 0] },
    { stack: closing, unbreakable: true },
  ];
}

function isClosing(kind: SummaryRow["kind"]): boolean {
  return kind === "discounted" || kind === "total";
}

function closingWords(document: EstimateDocument): Content {
  const { totalInWords, vatGround, vatRemark } = document;
  if (vatGround === null) return totalInWords === null ? "" : `${totalInWords}, ${vatRemark}`;
  const ground = { text: vatGround, fontSize: SIZES.small, color: COLORS.muted };
  return totalInWords === null ? ground : { text: [`${totalInWords}\n`, ground] };
}

function printRows(rows: readonly SummaryRow[], amountWidth: number): Content {
  return {
    layout: {
      ...BARE_LAYOUT,
      hLineWidth: (line) => (rows[line]?.kind === "total" ? 0.8 : 0),
      hLineColor: () => COLORS.strongLine,
    },
    table: {
      widths: [SUMMARY_WIDTH - amountWidth, amountWidth],
      dontBreakRows: true,
      body: rows.map(printRow),
    },
    margin: [CONTENT_WIDTH - SUMMARY_WIDTH, 0, 0, 0],
  };
}

function printRow(row: SummaryRow): TableCell[] {
  const amount =
    row.kind === "discount" && row.amount !== ZERO
      ? `−${formatMoneyRu(row.amount)}`
      : formatMoneyRu(row.amount);
  const isTotal = row.kind === "total";
  const style = isTotal
    ? { bold: true, fontSize: SIZES.lead, color: COLORS.accent }
    : { color: row.kind === "vat_included" ? COLORS.muted : COLORS.text };
  const above = isTotal ? 6 : 2;
  const below = isTotal ? 3 : 2;
  return [
    { ...style, text: oneLine(row.label), margin: [0, above, 12, below] },
    { ...style, text: amount, alignment: "right", margin: [0, above, 4, below] },
  ];
}
