import { guessColumns } from "./columns.ts";
import { decodeText, readDelimited } from "./delimited.ts";
import { TABLE_LIMITS, TableError, type TableProblem } from "./table_problems.ts";
import { refuse, type TableResult } from "./table_result.ts";
import { readWorkbook, type TableSheet } from "./workbook.ts";

/**
 * Reads a person's .xlsx, .xlsm, .csv or .tsv. The content decides, not the name. Blocks the thread:
 * call it through `table_reader.ts`.
 */
export async function readTable(bytes: Uint8Array): Promise<TableResult> {
  try {
    const sheets = await readSheets(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    const filled = sheets.filter(({ rows }) => rows.some((row) => row.some((cell) => cell !== "")));
    return chooseSheet(filled) ?? refuse("empty");
  } catch (error) {
    // Whatever the libraries stumble over, the file is at fault and the person can do something.
    return refuse(error instanceof TableError ? error.problem : "broken");
  }
}

/** Of sheets that look alike the first: people put the title page, not the list, in front. */
function chooseSheet(sheets: readonly TableSheet[]): TableResult | null {
  const scored = sheets.map((sheet) => ({ sheet, score: guessColumns(sheet.rows).confidence }));
  const [first, ...rest] = scored;
  if (!first) return null;
  const { sheet } = rest.reduce((best, next) => (next.score > best.score ? next : best), first);
  const otherSheets = sheets.filter((other) => other !== sheet).map(({ name }) => name);
  return { ok: true, rows: sheet.rows, sheetName: sheet.name, otherSheets };
}

async function readSheets(bytes: Buffer): Promise<readonly TableSheet[]> {
  if (bytes.length === 0) throw new TableError("empty", "no bytes");
  if (bytes.length > TABLE_LIMITS.fileSize) throw new TableError("too_large", "the file");
  const problem = recogniseOther(bytes);
  if (problem !== null) throw new TableError(problem, "not a table that can be read");
  if (startsWith(bytes, "504b")) return await readWorkbook(bytes);
  return [{ name: "", rows: readDelimited(bytes) }];
}

/** Files that people send by mistake, by their first bytes. */
function recogniseOther(bytes: Buffer): TableProblem | null {
  // Compound files: both the old .xls and an .xlsx under a password.
  if (startsWith(bytes, "d0cf11e0")) {
    return bytes.includes(Buffer.from("EncryptedPackage", "utf16le")) ? "encrypted" : "old_excel";
  }
  if (startsWith(bytes, "25504446")) return "pdf";
  if (startsWith(bytes, "ffd8ff") || startsWith(bytes, "89504e47")) return "picture";
  if (startsWith(bytes, "504b")) return null;
  const beginning = decodeText(bytes.subarray(0, 4000)).trimStart();
  if (/^(?:<!doctype html|<html|<table|<\?xml|<meta)/i.test(beginning)) return "web_page";
  // oxlint-disable-next-line no-control-regex -- these stand in no text, but in every other format
  return /[\u0000-\u0008\u000e-\u001a]/.test(beginning) ? "not_a_table" : null;
}

function startsWith(bytes: Buffer, hexadecimal: string): boolean {
  return bytes.toString("hex", 0, hexadecimal.length / 2) === hexadecimal;
}
