import type { ColumnMapping } from "../../domain/services.ts";
import { cutText } from "../../domain/text.ts";
import type { ColumnGuess } from "../imports/columns.ts";
import type { ReadTable } from "../imports/table_result.ts";

/** Rows that were not taken are told up to here; how many there are is always told. */
const MOST_TOLD = 500;
const LONGEST_TEXT = 300;
const SAMPLE_ROWS = 10;

/** Which sheet was read, and how. */
export function encodeReading({ sheetName, otherSheets }: ReadTable, mapping: ColumnMapping) {
  return {
    sheet: sheetName,
    otherSheets: [...otherSheets],
    columns: encodeColumns(mapping),
  };
}

interface UntakenRow {
  readonly rowNumber: number;
  readonly text: string;
  readonly reason: string;
}

/** Rows of the sheet that were not taken, with the reason in Russian. */
export function encodeRows(rows: readonly UntakenRow[]) {
  return {
    untakenCount: rows.length,
    untaken: rows.slice(0, MOST_TOLD).map(({ rowNumber, text, reason }) => ({
      rowNumber,
      text: cutText(text, LONGEST_TEXT),
      reason,
    })),
  };
}

/** What a program needs to name the columns itself, or to ask its person. */
export function encodeUnclear(
  { rows, sheetName }: ReadTable,
  { mapping, columnNames }: ColumnGuess,
) {
  const short = (cells: readonly string[]) => cells.map((cell) => cutText(cell, LONGEST_TEXT));
  const first = mapping?.skipRows ?? 0;
  return {
    outcome: "unclear" as const,
    message:
      "Не ясно, что в каких столбцах. Укажите их в запросе: name, unit, quantity, price, sum.",
    sheet: sheetName,
    columnNames: short(columnNames),
    guess: mapping && encodeColumns(mapping),
    sample: rows.slice(first, first + SAMPLE_ROWS).map(short),
  };
}

function encodeColumns({ name, unit, quantity, price, sum, code, skipRows }: ColumnMapping) {
  return { name, unit, quantity, price, sum, code, skipRows };
}
