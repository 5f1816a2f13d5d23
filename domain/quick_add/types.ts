import type { Kopecks } from "../money.ts";
import type { Percent } from "../percent.ts";
import type { Quantity } from "../quantity.ts";
import type { LineKind } from "../estimate/estimate.ts";

/** What was understood of a pasted list. Every line of the text is in exactly one of its parts. */
export interface ParsedEstimate {
  /** The name of the whole estimate, when the list begins with one. */
  readonly title: string | null;
  readonly sections: readonly ParsedSection[];
  /** Lines that a person has to correct, with the reason. */
  readonly unread: readonly UnreadLine[];
  /** Lines that are understood but are no lines of an estimate: «Скидка 10 %», a table's head. */
  readonly notes: readonly ParsedNote[];
  /** «Итого: 12 000» in the text beside what the lines above it give. */
  readonly totals: readonly StatedTotal[];
  readonly lineCount: number;
  /** Sums of price × quantity; lines without a price count as zero. */
  readonly worksTotal: Kopecks;
  readonly materialsTotal: Kopecks;
  readonly total: Kopecks;
}

export interface ParsedSection {
  /** Null: the lines stood before the first heading. */
  readonly title: string | null;
  readonly kind: LineKind;
  readonly lines: readonly ParsedLine[];
}

export interface ParsedLine {
  /** Counted from 1 in the pasted text; several lines share it when one row held several positions. */
  readonly lineNumber: number;
  /** The row as pasted, cleaned of invisible characters. */
  readonly source: string;
  readonly name: string;
  readonly quantity: Quantity;
  readonly unit: string;
  /** Null: the row named no price. */
  readonly price: Kopecks | null;
  readonly kind: LineKind;
  /** What was guessed or does not fit; shown beside the line. */
  readonly warnings: readonly LineWarning[];
}

export interface LineWarning {
  readonly code: WarningCode;
  readonly message: string;
}

export interface UnreadLine {
  readonly lineNumber: number;
  readonly text: string;
  readonly code: UnreadCode;
  readonly reason: string;
}

export interface ParsedNote {
  readonly lineNumber: number;
  readonly text: string;
  readonly code: NoteCode;
  readonly reason: string;
  readonly percent: Percent | null;
  readonly amount: Kopecks | null;
}

export interface StatedTotal {
  readonly lineNumber: number;
  readonly text: string;
  readonly scope: "section" | "works" | "materials" | "all";
  readonly stated: Kopecks;
  readonly computed: Kopecks;
  /** Null when both agree. */
  readonly warning: string | null;
}

export type WarningCode =
  | "no_price"
  | "no_quantity"
  | "quantity_assumed"
  | "unit_assumed"
  | "unit_unknown"
  | "unit_mismatch"
  | "quantity_computed"
  | "quantity_rounded"
  | "price_rounded"
  | "price_approximate"
  | "price_computed"
  | "sum_mismatch"
  | "sum_kept"
  | "grouped_number"
  | "package_size"
  | "order_guessed"
  | "zero_quantity";

export type UnreadCode =
  | "no_numbers"
  | "no_name"
  | "ambiguous_number"
  | "power"
  | "ambiguous_price"
  | "ambiguous_quantity"
  | "range"
  | "too_many_numbers"
  | "several_items"
  | "foreign_currency"
  | "negative"
  | "too_large"
  | "too_long"
  | "too_complex"
  | "empty_section";

export type NoteCode = "discount" | "vat" | "markup" | "payment" | "detail" | "greeting" | "header";
