import { type Cell, type CellsReading, readCells, summaryOf } from "./cells.ts";
import type { Draft } from "./draft.ts";
import { effortOfLength, isOver, shareEffort, spend } from "./effort.ts";
import { readPosition } from "./line.ts";
import { readSideRow, type SideRow } from "./notes.ts";
import { type Columns, splitCells } from "./table.ts";
import { type Row, squeeze } from "./text.ts";
import { splitTokens, tokenize, type Tokens } from "./tokens.ts";
import type { UnreadCode } from "./types.ts";

/** A row as it reads by itself; whether words are a heading depends on its neighbours. */
export type Reading =
  | { readonly kind: "positions"; readonly drafts: readonly Draft[] }
  | {
      readonly kind: "words";
      readonly text: string;
      readonly code: UnreadCode;
      /** The only filled cell of a table's row. */
      readonly isTableRow: boolean;
    }
  | { readonly kind: "problem"; readonly code: UnreadCode }
  | { readonly kind: "side"; readonly row: SideRow };

/**
 * Reads rows one after another, for the head of a table tells what the cells below it are. Columns that
 * a person has named stay as they are.
 */
export function readAll(rows: readonly Row[], named: Columns | null = null): Reading[] {
  let head: { readonly separator: string; readonly columns: Columns } | null = null;
  const readRow = (row: Row, until: number): Reading => {
    if (row.isTooLong) return { kind: "problem", code: "too_long" };
    if (hasTooManyNumbers(row.source)) return refuse(row.source, "too_many_numbers");
    spend(effortOfLength(row.source.length));
    const split = splitCells(row.raw, head?.separator ?? null, until);
    if (split === null) return readText(squeeze(row.text), until);
    const { cells, separator, columns } = split;
    if (columns === null) {
      const known = head?.separator === separator ? head.columns : null;
      return readTableRow(cells, named ?? known, until);
    }
    if (columns !== "unclear") head = { separator, columns };
    return HEAD;
  };
  // No `map`: what V8 makes of it later gives arrays of another kind, for which others are compiled anew (0040).
  const readings: Reading[] = [];
  const nextEnd = shareEffort();
  for (const row of rows) readings.push(readRow(row, nextEnd()));
  return readings;
}

/** Positions in one row, parted by semicolons: each takes nearly as much as a row of its own. */
const MAX_PARTS = 8;
/** So many steps more than other rows may they take; eight usual ones take 1 050. */
const MORE_OF_PARTED = 100;
/** Of a position, each of its elements and of its warnings, beside what cutting the row has taken. */
const EFFORT_OF = { position: 16, element: 8, warning: 40 };

/**
 * More groups of digits than any row has, of a table with a dozen sums and several positions in a row or
 * of one position. They bound the work on nonsense.
 */
const MAX_DIGIT_RUNS = { parted: 48, whole: 32 };
const TOO_MANY_WHOLE = moreDigitRunsThan(MAX_DIGIT_RUNS.whole);
const TOO_MANY_PARTED = moreDigitRunsThan(MAX_DIGIT_RUNS.parted);
/** No row of this length has more than it may. */
const SURELY_SHORT = 2 * MAX_DIGIT_RUNS.whole;

function moreDigitRunsThan(most: number): RegExp {
  return new RegExp(`^(?:\\D*\\d+(?!\\d)){${most + 1}}`);
}

function hasTooManyNumbers(source: string): boolean {
  if (source.length <= SURELY_SHORT || !TOO_MANY_WHOLE.test(source)) return false;
  const isParted = /[\t;|]/.test(source);
  return !isParted || TOO_MANY_PARTED.test(source);
}

const HEAD: Reading = {
  kind: "side",
  row: { kind: "note", code: "header", percent: null, amount: null },
};

/**
 * Reads a row that is no table's: «name quantity unit price» in any of its spellings, which may take
 * effort `until`.
 */
function readText(text: string, until: number): Reading {
  const tokens = tokenize(text, until);
  const result = readPosition(tokens);
  const side = readSideRow(text, result.ok && result.draft.isCertain, until);
  if (side) return { kind: "side", row: side };
  const isParted = tokens.excess === null && text.includes(";");
  const several = isParted ? readSeveral(tokens, until) : null;
  if (several) return several;
  if (result.ok) return { kind: "positions", drafts: [result.draft] };
  const isWords = result.code === "no_numbers" || result.code === "ambiguous_number";
  if (!isWords) return refuse(text, result.code);
  return { kind: "words", text, code: result.code, isTableRow: false };
}

/** What is too much for one position may be many that semicolons part. */
function refuse(text: string, code: UnreadCode): Reading {
  const isTooMuch = code === "too_many_numbers" || code === "too_complex";
  const isParted = isTooMuch && text.split(";", MAX_PARTS + 1).length > MAX_PARTS;
  return { kind: "problem", code: isParted ? "several_items" : code };
}

/** A quantity with its unit and a price are two numbers. */
function mayBeCertain({ numbers }: Tokens): boolean {
  return numbers.length >= 2;
}

function effortOf({ elements }: Tokens): number {
  return EFFORT_OF.position + EFFORT_OF.element * elements.length;
}

const TOO_MANY_ITEMS: Reading = { kind: "problem", code: "several_items" };
const TOO_COMPLEX: Reading = { kind: "problem", code: "too_complex" };

/** «Розетки 5 шт 300; выключатели 3 шт 250» */
function readSeveral(tokens: Tokens, until: number): Reading | null {
  const parts = splitTokens(tokens);
  if (parts.length < 2 || parts.length > MAX_PARTS || !parts.every(mayBeCertain)) return null;
  const effort = parts.reduce((sum, part) => sum + effortOf(part), 0);
  if (isOver(until, effort - MORE_OF_PARTED)) return TOO_MANY_ITEMS;
  const drafts: Draft[] = [];
  for (const part of parts) {
    const result = readPosition(part);
    if (!result.ok || !result.draft.isCertain) return null;
    drafts.push(result.draft);
    spend(effortOf(part) + EFFORT_OF.warning * result.draft.warnings.length);
    if (isOver(until, -MORE_OF_PARTED)) return TOO_MANY_ITEMS;
  }
  return { kind: "positions", drafts };
}

function readTableRow(texts: readonly string[], columns: Columns | null, until: number): Reading {
  const cells = texts.map((text): Cell => ({ text, until, number: undefined }));
  const summary = summaryOf(cells);
  // What was not read to its end has no sum to compare.
  if (isOver(until)) return TOO_COMPLEX;
  const side = readSideRow(summary, false, until);
  if (side && !(side.kind === "note" && side.code === "detail")) return { kind: "side", row: side };
  const reading = readCells(cells, columns);
  return isOver(until) ? TOO_COMPLEX : fromCells(reading, until);
}

function fromCells(reading: CellsReading, until: number): Reading {
  if (reading.kind === "text") {
    const read = readText(reading.text, until);
    return read.kind === "words" ? { ...read, isTableRow: true } : read;
  }
  const { result } = reading;
  if (result.ok) return { kind: "positions", drafts: [result.draft] };
  return { kind: "problem", code: result.code };
}
