import type { TableRow } from "./cells.ts";
import { explainTableProblem, type TableProblem } from "./table_problems.ts";

/** The sheet that looks most like a list. */
export interface ReadTable {
  readonly ok: true;
  readonly rows: readonly TableRow[];
  /** Empty for .csv. */
  readonly sheetName: string;
  /** Sheets with something in them that were left aside. */
  readonly otherSheets: readonly string[];
}

/** What came of a file, or what is in the way. */
export type TableResult =
  | ReadTable
  | { readonly ok: false; readonly code: TableProblem; readonly problem: string };

/** The refusal in Russian. */
export function refuse(code: TableProblem): TableResult {
  return { ok: false, code, problem: explainTableProblem(code) };
}
