import { parse } from "csv-parse/sync";
import { tidyCell, type TableRow } from "./cells.ts";
import { TABLE_LIMITS, TableError } from "./table_problems.ts";

/** In the order of preference: with a decimal comma the comma separates nothing. */
const SEPARATORS = [";", "\t", ","] as const;

/** Enough to tell the separator. */
const SAMPLE_LINES = 200;
const MAX_RECORD = 1_000_000;

/** Reads .csv and .tsv as Excel, 1С and Google make them. Throws `TableError`. */
export function readDelimited(bytes: Uint8Array): TableRow[] {
  const { text, separator } = findSeparator(decodeText(bytes));
  const records = parseRecords(text, separator);
  const rows = records.map((record) => record.map(tidyCell));
  if (rows.filter((row) => row.some((cell) => cell !== "")).length > TABLE_LIMITS.rows) {
    throw new TableError("too_many_rows", `${rows.length} rows`);
  }
  const width = rows.reduce(
    (most, row) => Math.max(most, row.findLastIndex((cell) => cell !== "") + 1),
    0,
  );
  if (width > TABLE_LIMITS.columns) throw new TableError("too_many_columns", `${width} columns`);
  return rows.map((row) => row.slice(0, width));
}

/** UTF-8 and UTF-16 with or without a mark; what is not UTF-8 is Windows-1251, as Excel saves it. */
export function decodeText(bytes: Uint8Array): string {
  const encoding = guessUtf16(bytes);
  if (encoding !== null) return new TextDecoder(encoding).decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1251").decode(bytes);
  }
}

/** Without a mark, every other byte of the separators and figures is zero. */
function guessUtf16(bytes: Uint8Array): "utf-16le" | "utf-16be" | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  const sample = bytes.subarray(0, 4000);
  const zeros = [0, 0];
  sample.forEach((byte, index) => {
    if (byte === 0) zeros[index % 2] = (zeros[index % 2] ?? 0) + 1;
  });
  const [even = 0, odd = 0] = zeros;
  if (odd > sample.length / 20 && even === 0) return "utf-16le";
  return even > sample.length / 20 && odd === 0 ? "utf-16be" : null;
}

function findSeparator(text: string): { text: string; separator: string } {
  const bare = text.replace(/^\ufeff/, "");
  // Excel itself writes and reads this first line.
  const declared = /^sep=(.)\r?\n/i.exec(bare);
  if (declared) return { text: bare.slice(declared[0].length), separator: declared[1] ?? ";" };
  const lines = bare.split(/\r\n|\n|\r/, SAMPLE_LINES).filter((line) => line.trim() !== "");
  const scored = SEPARATORS.map((separator) => ({ separator, score: score(lines, separator) }));
  const best = scored.reduce((most, next) => (next.score > most.score ? next : most));
  return { text: bare, separator: best.separator };
}

/** How many lines have the most usual number of separators outside of quotes, if it is not none. */
function score(lines: readonly string[], separator: string): number {
  const counts = new Map<number, number>();
  for (const line of lines) {
    const outside = line.replace(/"(?:[^"]|"")*"/g, "");
    const count = outside.split(separator).length - 1;
    if (count > 0) counts.set(count, (counts.get(count) ?? 0) + 1);
  }
  return Math.max(0, ...counts.values());
}

function parseRecords(text: string, separator: string): string[][] {
  const options = {
    delimiter: separator,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: false,
    max_record_size: MAX_RECORD,
  };
  try {
    return parse(text, options);
  } catch {
    // A quote that opens a name and closes nothing («"Ромашка" плюс») is a sign like any other.
    return parseWithoutQuotes(text, options);
  }
}

function parseWithoutQuotes(text: string, options: object): string[][] {
  try {
    return parse(text, { ...options, quote: null });
  } catch (cause) {
    throw new TableError("broken", "the rows can't be told apart", { cause });
  }
}
