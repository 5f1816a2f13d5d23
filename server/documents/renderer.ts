import type { DocumentFormat } from "../../domain/documents.ts";
import { createTaskWorker, type TaskWorkerOptions } from "../workers/task_worker.ts";
import type { PrintedAct } from "./act_table.ts";
import type { EstimateDocument } from "./estimate_document.ts";

/** An estimate, or a paper of an act. */
export type Printable = EstimateDocument | PrintedAct;

export interface RenderRequest {
  readonly document: Printable;
  readonly format: DocumentFormat;
}

export interface DocumentRenderer {
  /** The bytes of the file. Rejects with `TaskError`. */
  render(document: Printable, format: DocumentFormat): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Ten thousand lines take about ten seconds of a thread and half a gigabyte. */
const LIMITS = { timeout: 60_000, queueLimit: 100, memory: 1024 };

/** Renders in a thread of its own, one document at a time: the event loop stays free. */
export function createDocumentRenderer(
  limits: Partial<Omit<TaskWorkerOptions, "script">> = {},
): DocumentRenderer {
  const worker = createTaskWorker<RenderRequest, Uint8Array>({
    ...LIMITS,
    ...limits,
    script: new URL("./renderer_worker.ts", import.meta.url),
  });
  return {
    render: (document, format) => worker.run({ document, format }),
    close: () => worker.close(),
  };
}
