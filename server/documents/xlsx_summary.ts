import { add, formatMoney, type Kopecks, subtract, ZERO } from "../../domain/money.ts";
import { formatPercent, type Percent } from "../../domain/percent.ts";
import type { SummaryRow } from "./document_summary.ts";
import type { EstimateDocument } from "./estimate_document.ts";
import { oneLine } from "./pdf_text.ts";
import { KIND_NAMES, type TableRange } from "./xlsx_lines.ts";
import {
  addressOf,
  addRow,
  COLUMNS,
  formula,
  isExactProduct,
  LOOKS,
  nextRow,
  type Sheet,
  text,
  wide,
} from "./xlsx_sheet.ts";

/**
 * The rows below the lines, each with the formula of its own rule, so that the sums follow when a
 * person changes a quantity.
 * @returns the row of the total
 */
export function addSummary(sheet: Sheet, document: EstimateDocument, range: TableRange): number {
  addRow(sheet);
  const places = new Map<SummaryRow["kind"], string>();
  const amounts = new Map<SummaryRow["kind"], Kopecks>();
  let totalRow = nextRow(sheet);
  for (const row of document.summary) {
    if (row.kind === "total") totalRow = nextRow(sheet);
    const address = addressOf("amount", nextRow(sheet));
    const look = row.kind === "total" ? LOOKS.total : {};
    const amount = row.kind === "discount" ? subtract(ZERO, row.amount) : row.amount;
    const cells = {
      index: wide(oneLine(row.label), COLUMNS.indexOf("amount"), { ...look, align: "right" }),
      amount: formula(
        sheet,
        "amount",
        isExactShare(row, amounts) ? expressionOf(row, places, range) : null,
        amount,
        look,
      ),
    };
    addRow(sheet, cells, row.kind === "total" ? 22 : 16);
    places.set(row.kind, address);
    amounts.set(row.kind, add(amounts.get(row.kind) ?? ZERO, row.amount));
  }
  const { totalInWords, vatGround } = document;
  if (totalInWords !== null) addRow(sheet, { name: text(totalInWords, { wrap: true }) });
  if (vatGround !== null) addRow(sheet, { name: text(vatGround, { ...LOOKS.muted, wrap: true }) });
  return totalRow;
}

/** Per cents of long sums: see `isExactProduct`. All other rows are sums of what stands above. */
function isExactShare(row: SummaryRow, amounts: ReadonlyMap<SummaryRow["kind"], Kopecks>): boolean {
  const of = (...kinds: SummaryRow["kind"][]): Kopecks =>
    add(...kinds.map((kind) => amounts.get(kind) ?? ZERO));
  if (row.kind === "adjustment") {
    const bases = {
      works: of("works"),
      materials: of("materials"),
      all: of("works", "materials"),
      running: of("works", "materials", "adjustment"),
    };
    return isExactProduct(bases[row.adjustment.base], row.adjustment.percent);
  }
  if (row.kind !== "discount" || row.discount.kind === "amount") return true;
  const base = row.discount.base === "works" ? of("works") : of("subtotal");
  return isExactProduct(base, row.discount.percent);
}

type Places = ReadonlyMap<SummaryRow["kind"], string>;

function expressionOf(row: SummaryRow, places: Places, range: TableRange): string {
  const at = (kind: SummaryRow["kind"]): string => places.get(kind) ?? "0";
  switch (row.kind) {
    case "works":
      return sumOfKind(KIND_NAMES.work, range);
    case "materials":
      return sumOfKind(KIND_NAMES.material, range);
    case "adjustment": {
      const { base, percent } = row.adjustment;
      const bases = {
        works: at("works"),
        materials: at("materials"),
        all: `(${at("works")}+${at("materials")})`,
        running: sumOfParts(places),
      };
      return share(bases[base], percent);
    }
    case "subtotal":
      return sumOfParts(places);
    case "discount": {
      const base = row.discount.base === "works" ? at("works") : at("subtotal");
      if (row.discount.kind === "percent") return `-${share(base, row.discount.percent)}`;
      return `-MIN(${formatMoney(row.discount.amount)},${base})`;
    }
    case "discounted":
      return afterDiscount(places);
    case "vat_on_top":
      return `ROUND(${at("discounted")}*${row.percent}/100,2)`;
    case "total":
      if (places.has("vat_on_top")) return `${at("discounted")}+${at("vat_on_top")}`;
      return afterDiscount(places);
    case "vat_included":
      return `ROUND(${at("total")}*${row.percent}/${100 + row.percent},2)`;
    default:
      return row satisfies never;
  }
}

/** Section rows and subtotals between the lines have no kind, so they are not counted twice. */
function sumOfKind(kind: string, { first, last }: TableRange): string {
  const kinds = `${addressOf("kind", first)}:${addressOf("kind", last)}`;
  const amounts = `${addressOf("amount", first)}:${addressOf("amount", last)}`;
  return `SUMIF(${kinds},"${kind}",${amounts})`;
}

/** Works, materials and the adjustments so far stand in one block. */
function sumOfParts(places: Places): string {
  const first = places.get("works") ?? "0";
  const last = places.get("adjustment") ?? places.get("materials") ?? first;
  return `SUM(${first}:${last})`;
}

function afterDiscount(places: Places): string {
  const discount = places.get("discount");
  if (discount === undefined) return sumOfParts(places);
  return `${places.get("subtotal") ?? "0"}+${discount}`;
}

function share(base: string, percent: Percent): string {
  return `ROUND(${base}*${formatPercent(percent)}/100,2)`;
}
