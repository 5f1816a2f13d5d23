import { parseQuickAdd } from "../../domain/quick_add/quick_add.ts";
import { readSideRow } from "../../domain/quick_add/notes.ts";
import type { NoteCode, ParsedEstimate, StatedTotal } from "../../domain/quick_add/types.ts";
import { add, formatMoney, type Kopecks, ZERO } from "../../domain/money.ts";
import { formatMoneyRu } from "../../domain/numbers_ru.ts";
import type { ColumnMapping } from "../../domain/services.ts";
import { readMoneyCell, rowsToListText, type TableRow } from "./cells.ts";
import { isNumbering } from "./columns.ts";
import { readHeader } from "./header_words.ts";
import { firstText, isClose, readCells, readLine, type RowCells, sourceOf } from "./row_lines.ts";
import { addLine, addNote, amountOf, finish, openSection, type Reading } from "./row_reading.ts";

/**
 * Reads the lines of a table as a pasted list is read, so that both go the same way from here. Every
 * filled row below `skipRows` is in exactly one part of the result; nothing is dropped.
 */
export function rowsToEstimate(rows: readonly TableRow[], mapping: ColumnMapping): ParsedEstimate {
  // A list of texts in one column, as a .txt or a column of Excel, is a list that was pasted.
  if (mapping.quantity === null && mapping.price === null && mapping.sum === null) {
    return parseQuickAdd(rowsToListText(rows));
  }
  const read = rows.flatMap((row, index) =>
    index < mapping.skipRows || row.every((cell) => cell === "")
      ? []
      : [readCells(row, index + 1, mapping)],
  );
  const lastLine = read.findLastIndex(isLine);
  const reading: Reading = {
    sections: [],
    unread: [],
    notes: [],
    totals: [],
    sums: { work: ZERO, material: ZERO },
  };
  for (const [index, cells] of read.entries()) {
    if (isLine(cells)) addLine(reading, cells);
    else if (isHeadingWithSum(read, index)) openSection(reading, cells.name, cells);
    else addOther(reading, cells, { isTail: index > lastLine });
  }
  return finish(reading);
}

/** A name with a quantity and what it costs is a line, whatever its words are. */
function isLine({ name, quantity, price, sum }: RowCells): boolean {
  return name !== "" && quantity?.ok === true && (price?.ok === true || sum?.ok === true);
}

/** «Демонтаж … 19 170»: a heading that carries the sum of the lines below it. */
function isHeadingWithSum(read: readonly RowCells[], index: number): boolean {
  const cells = read[index];
  if (!cells?.sum?.ok || cells.name === "" || cells.quantity || cells.price) return false;
  let sum = ZERO;
  let next = index + 1;
  for (let below = read[next]; below && isLine(below); below = read[(next += 1)]) {
    const result = readLine(below, "work");
    if (result.ok) sum = add(sum, amountOf(result.line));
  }
  return next > index + 1 && isClose(sum, cells.sum.value);
}

function addOther(reading: Reading, cells: RowCells, { isTail }: { isTail: boolean }): void {
  const label = cells.name !== "" ? cells.name : firstText(cells.row);
  if (isNumbering(cells.row) || readHeader(cells.row).size > 2) {
    addNote(reading, cells, "header", null);
    return;
  }
  if (addSideRow(reading, cells, label)) return;
  const hasFigures = cells.quantity !== null || cells.price !== null || cells.sum !== null;
  if (hasFigures || (cells.name !== "" && cells.unit !== "")) {
    addLine(reading, cells);
    return;
  }
  // Below the last line stand signatures and terms.
  if (isTail || label === "") addNote(reading, cells, "detail", null);
  else openSection(reading, label, cells);
}

/** Totals, discounts, VAT, percentages, payments: what is said of the lines, and no line. */
function addSideRow(reading: Reading, cells: RowCells, label: string): boolean {
  if (label === "") return false;
  const amount = cells.sum?.ok ? cells.sum.value : lastAmount(cells.row);
  const scope = SUMMARY_LABELS.get(label.toLowerCase());
  if (scope && amount !== null && !cells.quantity && !cells.price) {
    addTotal(reading, cells, scope, amount);
    return true;
  }
  const isCertain = cells.quantity !== null || cells.price !== null;
  const withAmount = amount === null ? label : `${label}: ${formatMoney(amount)}`;
  const side = readSideRow(withAmount, isCertain) ?? readSideRow(label, isCertain);
  if (side === null) return false;
  if (side.kind === "note") {
    addNote(reading, cells, side.code, amount);
    return true;
  }
  const stated = amount ?? side.stated;
  const foundScope = guessScope(reading, label, stated, side.scope);
  const added = reading.notes.findLast((note) => ADDED_BELOW_LINES.has(note.code));
  // A total with VAT or a discount inside can't be compared with the lines.
  if (foundScope === "all" && added) addNote(reading, cells, added.code, stated);
  else addTotal(reading, cells, foundScope, stated);
  return true;
}

const ADDED_BELOW_LINES: ReadonlySet<NoteCode> = new Set(["vat", "discount", "markup"]);

/** Rows below the table that name only what is summed. */
const SUMMARY_LABELS: ReadonlyMap<string, StatedTotal["scope"]> = new Map([
  ["работы", "works"],
  ["материалы", "materials"],
  ["итого работы", "works"],
  ["итого материалы", "materials"],
]);

/**
 * «Итого: Черновые работы» is of the section with that name; «Итого» alone of the section whose sum it
 * is, otherwise of everything.
 */
function guessScope(
  reading: Reading,
  label: string,
  stated: Kopecks,
  named: StatedTotal["scope"] | null,
): StatedTotal["scope"] {
  const section = reading.sections.at(-1);
  const title = section?.title?.toLowerCase() ?? "";
  if (title !== "" && label.toLowerCase().includes(title)) return "section";
  if (named !== null) return named;
  return isClose(section?.sum ?? ZERO, stated) ? "section" : "all";
}

function addTotal(
  reading: Reading,
  { rowNumber, row }: RowCells,
  scope: StatedTotal["scope"],
  stated: Kopecks,
): void {
  const { work, material } = reading.sums;
  const sums = {
    section: reading.sections.at(-1)?.sum ?? ZERO,
    works: work,
    materials: material,
    all: add(work, material),
  };
  const computed = sums[scope];
  const warning = isClose(computed, stated)
    ? null
    : `В файле ${formatMoneyRu(stated)}, а по строкам выходит ${formatMoneyRu(computed)}`;
  reading.totals.push({
    lineNumber: rowNumber,
    text: sourceOf(row),
    scope,
    stated,
    computed,
    warning,
  });
}

function lastAmount(row: TableRow): Kopecks | null {
  const amounts = row.map(readMoneyCell);
  const last = amounts.findLast((amount) => amount !== null);
  return last?.ok ? last.value : null;
}
