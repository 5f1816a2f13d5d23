import type { ParsedEstimate } from "../../domain/quick_add/types.ts";
import type { ColumnMapping } from "../../domain/services.ts";
import { createTaskWorker, TaskError, type TaskWorkerOptions } from "../workers/task_worker.ts";
import type { TableRow } from "./cells.ts";
import { type ColumnGuess, guessColumns } from "./columns.ts";
import { type PriceRows, rowsToCatalogue } from "./row_prices.ts";
import { rowsToEstimate } from "./row_sections.ts";
import { TABLE_LIMITS } from "./table_problems.ts";
import { refuse, type TableResult } from "./table_result.ts";

export interface TableReader {
  /** Never rejects for the sake of the file: what is wrong with it is the result, in Russian. */
  read(bytes: Uint8Array): Promise<TableResult>;
  guessColumns(rows: readonly TableRow[]): ColumnGuess;
  /** The same as a pasted list gives. */
  readLines(rows: readonly TableRow[], mapping: ColumnMapping): ParsedEstimate;
  readPrices(rows: readonly TableRow[], mapping: ColumnMapping): PriceRows;
  close(): Promise<void>;
}

/** The largest allowed workbook takes about a third of either. */
const LIMITS = { timeout: 20_000, queueLimit: 50, memory: 768 };

/** Reads files in a thread of its own: a bomb takes down the thread and nothing else. */
export function createTableReader(
  limits: Partial<Omit<TaskWorkerOptions, "script">> = {},
): TableReader {
  const worker = createTaskWorker<Uint8Array, TableResult>({
    ...LIMITS,
    ...limits,
    script: new URL("./tables_worker.ts", import.meta.url),
  });
  return {
    async read(bytes) {
      if (bytes.byteLength > TABLE_LIMITS.fileSize) return refuse("too_large");
      try {
        return await worker.run(bytes);
      } catch (error) {
        if (!(error instanceof TaskError) || error.reason === "failed") throw error;
        return refuse(error.reason === "busy" || error.reason === "closed" ? "busy" : "too_heavy");
      }
    },
    guessColumns,
    readLines: rowsToEstimate,
    readPrices: rowsToCatalogue,
    close: () => worker.close(),
  };
}
