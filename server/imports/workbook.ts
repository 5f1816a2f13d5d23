import readExcelFile from "read-excel-file/node";
import {
  ArchiveError,
  type ArchiveEntry,
  listEntries,
  packEntries,
  unpackEntry,
} from "./archive.ts";
import { dateText, exactDecimal, tidyCell, type TableRow } from "./cells.ts";
import { TABLE_LIMITS, TableError, type TableProblem } from "./table_problems.ts";

export interface TableSheet {
  readonly name: string;
  readonly rows: readonly TableRow[];
}

/** Reads every sheet of an .xlsx or .xlsm. Throws `TableError`. */
export async function readWorkbook(bytes: Buffer): Promise<TableSheet[]> {
  const checked = packEntries(unpackChecked(bytes));
  const sheets = await readExcelFile(checked, {
    parseNumber: (text) => exactDecimal(text) ?? text,
  });
  return sheets.map(({ sheet, data }) => ({
    name: sheet,
    // A sheet that is only a chart has no data.
    rows: ((data as unknown[][] | undefined) ?? []).map((row) => row.map(cellText)),
  }));
}

function cellText(value: unknown): string {
  if (typeof value === "string") return tidyCell(value);
  if (value instanceof Date) return dateText(value);
  if (typeof value === "boolean") return value ? "да" : "нет";
  return "";
}

const ARCHIVE_PROBLEMS: Readonly<Record<ArchiveError["problem"], TableProblem>> = {
  broken: "broken",
  too_large: "bomb",
  suspicious: "bomb",
  encrypted: "encrypted",
};

/** Only the parts that are read: the rest of the archive is never unpacked. */
function unpackChecked(bytes: Buffer): { name: string; data: Buffer }[] {
  try {
    const entries = listEntries(bytes, {
      entries: TABLE_LIMITS.archiveEntries,
      size: TABLE_LIMITS.archiveSize,
      ratio: TABLE_LIMITS.archiveRatio,
    });
    checkKind(entries);
    const wanted = entries.filter(isWanted);
    if (wanted.reduce((sum, { size }) => sum + size, 0) > TABLE_LIMITS.unpackedSize) {
      throw new TableError("bomb", "too much to unpack");
    }
    return wanted.map((entry) => {
      return { name: entry.name, data: checkPart(entry.name, unpackEntry(bytes, entry)) };
    });
  } catch (cause) {
    if (!(cause instanceof ArchiveError)) throw cause;
    throw new TableError(ARCHIVE_PROBLEMS[cause.problem], cause.message, { cause });
  }
}

function checkKind(entries: readonly ArchiveEntry[]): void {
  const names = new Set(entries.map(({ name }) => name));
  if (names.has("xl/workbook.xml")) return;
  if (names.has("xl/workbook.bin")) throw new TableError("binary_excel", "an .xlsb");
  if (names.has("word/document.xml")) throw new TableError("word", "a .docx");
  if (names.has("mimetype") || names.has("content.xml")) {
    throw new TableError("open_document", "an .ods or the like");
  }
  throw new TableError("not_a_table", "an archive without a workbook");
}

function isWanted({ name }: ArchiveEntry): boolean {
  return (
    /^xl\/.*\.xml(?:\.rels)?$/.test(name) &&
    !/^xl\/(?:drawings|charts|theme|media|pivot|externalLinks|comments)/.test(name)
  );
}

/** What would make the reader of the XML swell is found before it starts. */
function checkPart(name: string, data: Buffer): Buffer {
  const xml = data.toString("latin1");
  // No spreadsheet declares entities; those that do want them expanded without end.
  if (/<!(?:DOCTYPE|ENTITY)/i.test(xml)) throw new TableError("bomb", `${name} has a DTD`);
  if (!name.startsWith("xl/worksheets/")) return data;
  checkCells(xml);
  return xml.includes(' t="e"') ? Buffer.from(keepErrors(xml), "latin1") : data;
}

/** «#ССЫЛКА!» in a price is an empty cell to the library; here it is a text that a person has to see. */
function keepErrors(xml: string): string {
  return xml.replace(/(<(?:\w+:)?c\s[^>]*?) t="e"/g, '$1 t="str"');
}

const LAST_ROW = 1_048_576;

/**
 * Rows and columns are counted by cells that hold something: formatted empty cells at the far end of
 * a sheet are usual and harmless.
 */
function checkCells(xml: string): void {
  const rowsWithCells = new Set<number>();
  for (const [, attributes = "", end] of xml.matchAll(/<(?:\w+:)?c\s([^>]*?)(\/?)>/g)) {
    const [, letters = "", digits = ""] = /\br="([A-Z]{1,8})(\d{1,12})"/.exec(attributes) ?? [];
    if (letters === "" || Number(digits) > LAST_ROW)
      throw new TableError("broken", "a cell without a place");
    if (end === "/") continue;
    if (columnNumber(letters) > TABLE_LIMITS.columns) {
      throw new TableError("too_many_columns", `column ${letters}`);
    }
    rowsWithCells.add(Number(digits));
    if (rowsWithCells.size > TABLE_LIMITS.rows) throw new TableError("too_many_rows", "rows");
  }
  for (const [, digits] of xml.matchAll(/<(?:\w+:)?row\s[^>]*?\br="(\d+)"/g)) {
    if (Number(digits) > LAST_ROW) throw new TableError("broken", `row ${digits}`);
  }
}

function columnNumber(letters: string): number {
  return Array.from(letters).reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0);
}
