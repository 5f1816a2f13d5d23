import type { LineKind } from "../../domain/estimate/estimate.ts";
import { NOTE_REASONS, UNREAD_REASONS } from "../../domain/quick_add/reasons.ts";
import type {
  NoteCode,
  ParsedEstimate,
  ParsedLine,
  ParsedNote,
  StatedTotal,
  UnreadLine,
} from "../../domain/quick_add/types.ts";
import { add, type Kopecks, multiply, ZERO } from "../../domain/money.ts";
import { cutText } from "../../domain/text.ts";
import type { TableRow } from "./cells.ts";
import { readLine, type RowCells, sourceOf } from "./row_lines.ts";

export interface OpenSection {
  readonly title: string | null;
  readonly kind: LineKind;
  readonly rowNumber: number;
  readonly row: TableRow;
  readonly lines: ParsedLine[];
  sum: Kopecks;
}

/** What was read so far; filled from the first row to the last. */
export interface Reading {
  readonly sections: OpenSection[];
  readonly unread: UnreadLine[];
  readonly notes: ParsedNote[];
  readonly totals: StatedTotal[];
  /** Kept up with each line, so that a file of totals takes no longer than a file of lines. */
  readonly sums: Record<LineKind, Kopecks>;
}

export function addLine(reading: Reading, cells: RowCells): void {
  const current = reading.sections.at(-1);
  const result = readLine(cells, kindOf(cells.row, current?.kind ?? "work"));
  if (!result.ok) {
    reading.unread.push(result.unread);
    return;
  }
  const section = current ?? openSection(reading, null, cells);
  const amount = amountOf(result.line);
  section.lines.push(result.line);
  section.sum = add(section.sum, amount);
  reading.sums[result.line.kind] = add(reading.sums[result.line.kind], amount);
}

export function addNote(
  reading: Reading,
  cells: RowCells,
  code: NoteCode,
  amount: Kopecks | null,
): void {
  reading.notes.push({
    lineNumber: cells.rowNumber,
    text: sourceOf(cells.row),
    code,
    reason: NOTE_REASONS[code],
    percent: null,
    amount,
  });
}

export function openSection(reading: Reading, title: string | null, cells: RowCells): OpenSection {
  const clean = title === null ? null : cleanTitle(title);
  const kind: LineKind = clean !== null && isOfMaterials(clean) ? "material" : "work";
  const { rowNumber, row } = cells;
  const section = { title: clean, kind, rowNumber, row, lines: [], sum: ZERO };
  reading.sections.push(section);
  return section;
}

/** «Раздел 1. Демонтаж:» is «Демонтаж»; «Раздел 1» stays. */
function cleanTitle(text: string): string {
  const bare = text
    .replace(/^раздел\s*(?:№\s*)?\d+(?:\.\d+)*\s*[.:)–—-]*\s*/iu, "")
    .replace(/^\d{1,3}(?:\.\d{1,3})*[.)]?\s+/, "")
    .replace(/\s*:$/, "");
  return cutText(bare === "" ? text : bare, 200);
}

export function isOfMaterials(title: string): boolean {
  return /материал|оборудовани|комплектующ/iu.test(title) && !/работ/iu.test(title);
}

/** A cell of its own may name the kind; otherwise the section does. */
export function kindOf(row: TableRow, fallback: LineKind): LineKind {
  if (row.some((cell) => /^материал(?:ы|ов)?$/iu.test(cell))) return "material";
  return row.some((cell) => /^работ[аыу]?$/iu.test(cell)) ? "work" : fallback;
}

export function amountOf({ price, quantity }: ParsedLine): Kopecks {
  return price === null ? ZERO : multiply(price, quantity);
}

export function finish({ sections, unread, notes, totals, sums }: Reading): ParsedEstimate {
  const filled = sections.filter(({ lines }) => lines.length > 0);
  const empty = sections
    .filter(({ lines }) => lines.length === 0)
    .map(({ rowNumber, row }): UnreadLine => ({
      lineNumber: rowNumber,
      text: sourceOf(row),
      code: "empty_section",
      reason: UNREAD_REASONS.empty_section,
    }));
  return {
    title: null,
    sections: filled.map(({ title, kind, lines: sectionLines }) => ({
      title,
      kind,
      lines: sectionLines,
    })),
    unread: [...unread, ...empty].toSorted((a, b) => a.lineNumber - b.lineNumber),
    notes,
    totals,
    lineCount: filled.reduce((count, section) => count + section.lines.length, 0),
    worksTotal: sums.work,
    materialsTotal: sums.material,
    total: add(sums.work, sums.material),
  };
}
