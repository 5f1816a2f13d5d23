import type { ColumnMapping } from "../../domain/services.ts";
import type { TableRow } from "./cells.ts";
import { guessByContent } from "./column_contents.ts";
import { type HeaderRow, headerWords, readHeader } from "./header_words.ts";

export interface ColumnGuess {
  /** Null when not even the names can be found. */
  readonly mapping: ColumnMapping | null;
  /** 0 to 1. */
  readonly confidence: number;
  /** False: a person should look at it. */
  readonly isSure: boolean;
  /** The same for tables with the same head: by it a corrected mapping is remembered. */
  readonly headerKey: string;
  /** From the head, or from the first row. */
  readonly columnNames: readonly string[];
}

/** A head stands below titles, addresses and requisites, but not deeper. */
const HEADER_DEPTH = 30;

const SURE = 0.8;

/** Finds what the columns mean: by words of the head, or by what stands in them. */
export function guessColumns(rows: readonly TableRow[]): ColumnGuess {
  const header = findHeader(rows);
  if (header) return guessByHeader(rows, header);
  const width = rows.reduce((most, row) => Math.max(most, row.length), 0);
  const guess = guessByContent(rows);
  return {
    mapping: guess?.mapping ?? null,
    confidence: guess?.confidence ?? 0,
    isSure: (guess?.confidence ?? 0) >= SURE,
    headerKey: `без шапки ${width} ${guess?.key ?? ""}`.trim(),
    columnNames: rows.find((row) => row.some((cell) => cell !== "")) ?? [],
  };
}

interface Header {
  /** The texts of all its rows, column by column. */
  readonly cells: readonly string[];
  readonly columns: HeaderRow;
  readonly skipRows: number;
}

function findHeader(rows: readonly TableRow[]): Header | null {
  const candidates: Header[] = [];
  for (let index = 0; index < Math.min(rows.length, HEADER_DEPTH); index += 1) {
    const columns = readHeader(rows[index] ?? []);
    const joined = joinNext(rows, index);
    const columnsOfBoth = readHeader(joined);
    const isDouble = columnsOfBoth.size > columns.size;
    const best = isDouble ? columnsOfBoth : columns;
    if (best.size === 0) continue;
    const skipRows = skipNumbering(rows, index + (isDouble ? 2 : 1));
    candidates.push({ cells: isDouble ? joined : (rows[index] ?? []), columns: best, skipRows });
  }
  return candidates.reduce<Header | null>(
    (best, next) => (best === null || next.columns.size > best.columns.size ? next : best),
    null,
  );
}

/** A head of two rows: «Стоимость, руб.» over «за ед.» and «всего». Figures below are no head. */
function joinNext(rows: readonly TableRow[], index: number): string[] {
  const first = rows[index] ?? [];
  const second = rows[index + 1] ?? [];
  if (second.some((cell) => /^[\d\s.,]+$/.test(cell))) return [];
  const width = Math.max(first.length, second.length);
  return Array.from({ length: width }, (_, column) =>
    `${first[column] ?? ""} ${second[column] ?? ""}`.trim(),
  );
}

/** Under the head of an official form the columns are numbered 1 2 3 4 5. */
function skipNumbering(rows: readonly TableRow[], index: number): number {
  return isNumbering(rows[index] ?? []) ? index + 1 : index;
}

export function isNumbering(row: TableRow): boolean {
  const filled = row.filter((cell) => cell !== "");
  return filled.length >= 3 && filled.every((cell, index) => cell === String(index + 1));
}

function guessByHeader(rows: readonly TableRow[], header: Header): ColumnGuess {
  const { cells, columns, skipRows } = header;
  const column = (meaning: Parameters<HeaderRow["get"]>[0]): number | null =>
    columns.get(meaning) ?? null;
  const mapping = {
    name: columns.get("name") ?? 0,
    unit: column("unit"),
    quantity: column("quantity"),
    price: column("price"),
    sum: column("sum"),
    code: column("code"),
    skipRows,
  };
  const hasPrice = mapping.price !== null || mapping.sum !== null;
  const hasRows = rows.slice(skipRows).some((row) => (row[mapping.name] ?? "") !== "");
  const confidence = hasPrice && hasRows ? 0.9 : 0.6;
  return {
    mapping,
    confidence,
    isSure: confidence >= SURE,
    headerKey: cells.map(headerWords).join("|"),
    columnNames: cells,
  };
}
