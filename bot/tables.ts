import type { CatalogueFields } from "../domain/catalogue.ts";
import type { ParsedEstimate } from "../domain/quick_add/types.ts";
import type { ColumnMapping } from "../domain/services.ts";

/** What the chat needs to read a spreadsheet. The server gives it; the chat knows no file formats. */
export interface TableReader {
  /** The sheet that looks most like a list. Never rejects for the sake of the file. */
  readonly read: (bytes: Uint8Array) => Promise<TableReading>;
  readonly guessColumns: (rows: TableRows) => ColumnGuess;
  /** The same as a pasted text gives, so that both go the same way from here. */
  readonly readLines: (rows: TableRows, mapping: ColumnMapping) => ParsedEstimate;
  readonly readPrices: (rows: TableRows, mapping: ColumnMapping) => ReadPrices;
}

/** Cells as text, as the person sees them. */
export type TableRows = readonly (readonly string[])[];

export type TableReading =
  | { readonly ok: true; readonly rows: TableRows }
  /** `problem` is a Russian sentence. */
  | { readonly ok: false; readonly problem: string };

export interface ColumnGuess {
  /** Null when not even the names can be found. */
  readonly mapping: ColumnMapping | null;
  /** False: a person should look at it. */
  readonly isSure: boolean;
  /** The same for tables with the same head: by it a corrected mapping is remembered. */
  readonly headerKey: string;
  /** For buttons: from the head, or from the first row. */
  readonly columnNames: readonly string[];
}

/** Prices of a sent list, and the rows that could not be read. */
export interface ReadPrices {
  readonly items: readonly CatalogueFields[];
  readonly problems: readonly { readonly text: string; readonly reason: string }[];
}
