import { type CatalogueFields, nameKey } from "../../domain/catalogue.ts";
import { UNREAD_REASONS } from "../../domain/quick_add/reasons.ts";
import { explainNumberProblem } from "../../domain/number_sentences.ts";
import type { ColumnMapping } from "../../domain/services.ts";
import { cutText } from "../../domain/text.ts";
import { normaliseUnit } from "../../domain/units.ts";
import { isBlank, type TableRow } from "./cells.ts";
import { isNumbering } from "./columns.ts";
import { firstText, readCells, type RowCells, sourceOf } from "./row_lines.ts";
import { isOfMaterials, kindOf } from "./row_reading.ts";

/** A row that is not in the price list, or that another row replaced. */
interface PriceProblem {
  /** Counted from 1 in the sheet. */
  readonly rowNumber: number;
  readonly text: string;
  readonly reason: string;
}

export interface PriceRows {
  /** No two of the same name and unit: of those the last counts. */
  readonly items: readonly CatalogueFields[];
  readonly problems: readonly PriceProblem[];
}

const NO_PRICE = "Нет цены. Напишите её в столбце цены";
const TOO_LONG = UNREAD_REASONS.too_long;
const REPEATED = "Такая же позиция есть ниже: взята цена оттуда";

/** Reads a price list. A row with a name and nothing else is a heading. */
export function rowsToCatalogue(rows: readonly TableRow[], mapping: ColumnMapping): PriceRows {
  const items = new Map<string, { item: CatalogueFields; cells: RowCells }>();
  const problems: PriceProblem[] = [];
  let section = "";
  for (const [index, row] of rows.entries()) {
    if (index < mapping.skipRows || row.every((cell) => cell === "") || isNumbering(row)) continue;
    const cells = readCells(row, index + 1, mapping);
    if (isHeading(cells)) {
      section = cutText(cells.name || firstText(row), 200);
      continue;
    }
    const result = readItem(cells, section);
    if ("reason" in result) {
      problems.push({ rowNumber: cells.rowNumber, text: sourceOf(row), reason: result.reason });
      continue;
    }
    const key = `${nameKey(result.name)}|${result.unit}`;
    const before = items.get(key);
    if (before) {
      const { rowNumber, row: text } = before.cells;
      problems.push({ rowNumber, text: sourceOf(text), reason: REPEATED });
      items.delete(key);
    }
    items.set(key, { item: result, cells });
  }
  return {
    items: [...items.values()].map(({ item }) => item),
    problems: problems.toSorted((a, b) => a.rowNumber - b.rowNumber),
  };
}

function isHeading(cells: RowCells): boolean {
  const isBare = cells.price === null && cells.sum === null && cells.quantity === null;
  return isBare && isBlank(cells.unit) && isBlank(cells.code) && firstText(cells.row) !== "";
}

function readItem(cells: RowCells, section: string): CatalogueFields | { reason: string } {
  const { name, unit, code, row } = cells;
  const price = cells.price ?? (cells.quantity === null ? cells.sum : null);
  if (name === "") return { reason: UNREAD_REASONS.no_name };
  if (name.length > 500) return { reason: TOO_LONG };
  if (price === null) return { reason: NO_PRICE };
  if (!price.ok) return { reason: explainNumberProblem(price.reason, { kind: "money" }) };
  return {
    kind: kindOf(row, isOfMaterials(section) ? "material" : "work"),
    name,
    unit: isBlank(unit) ? "" : (normaliseUnit(unit) ?? cutText(unit, 30)),
    price: price.value,
    cost: null,
    code: isBlank(code) ? "" : cutText(code, 100),
    section,
  };
}
