import { createTaskWorker, type TaskWorkerOptions } from "../workers/task_worker.ts";
import type { ExportFormat } from "../../db/list_exports.ts";

/** A cell: text, or a sum or a count as a decimal string. */
export type ListCell = string | { readonly figure: string };

export interface ListTable {
  readonly name: string;
  readonly format: ExportFormat;
  readonly columns: readonly { readonly title: string; readonly width: number }[];
  readonly rows: readonly (readonly ListCell[])[];
}

export interface ListRenderer {
  /** The bytes of the file. Rejects with `TaskError`. */
  render(table: ListTable): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** A hundred thousand rows take some seconds of a thread. */
const LIMITS: Omit<TaskWorkerOptions, "script"> = {
  timeout: 60_000,
  queueLimit: 20,
  memory: 1024,
};

/** Writes lists in a thread of its own: the event loop stays free. */
export function createListRenderer(): ListRenderer {
  const worker = createTaskWorker<ListTable, Uint8Array>({
    ...LIMITS,
    script: new URL("./list_renderer_worker.ts", import.meta.url),
  });
  return { render: (table) => worker.run(table), close: () => worker.close() };
}
