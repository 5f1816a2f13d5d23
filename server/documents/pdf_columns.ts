import { formatAmountRu, formatQuantityRu } from "../../domain/numbers_ru.ts";
import type { DocumentLine, DocumentSection } from "./estimate_document.ts";
import { CONTENT_WIDTH, SIZES } from "./pdf_style.ts";

/** Inside a cell, left and right of the text. */
export const CELL_PADDING = 4;

/** Advance of a Roboto figure, in em; spaces and separators are under half of it. */
const FIGURE = 0.565;
const SEPARATOR = 0.255;

/** Widths of №, name, unit, quantity, price, amount: one array for all tables of a document. */
export function measureColumns(
  sections: readonly DocumentSection[],
  options: readonly DocumentLine[],
): number[] {
  const lines = [...sections.flatMap((section) => section.lines), ...options];
  const totals = sections.map((section) => formatAmountRu(section.total));
  const index = widest([String(lines.length)], 20);
  const unit = 42;
  const quantity = widest(
    lines.map((line) => formatQuantityRu(line.quantity)),
    50,
  );
  const price = widest(
    lines.map((line) => formatAmountRu(line.price)),
    62,
  );
  const amount = widest([...totals, ...lines.map((line) => formatAmountRu(line.amount))], 72);
  const name = CONTENT_WIDTH - index - unit - quantity - price - amount;
  return [index, name, unit, quantity, price, amount];
}

/** Figures never break over two lines, however large the sum. */
function widest(texts: readonly string[], minimum: number): number {
  return texts.reduce((width, text) => Math.max(width, measureFigures(text, SIZES.table)), minimum);
}

/** How wide a cell must be for these figures. */
export function measureFigures(text: string, fontSize: number): number {
  const figures = text.replace(/[^\d₽−]/g, "").length;
  const em = figures * FIGURE + (text.length - figures) * SEPARATOR;
  return Math.ceil(em * fontSize) + 2 * CELL_PADDING;
}
