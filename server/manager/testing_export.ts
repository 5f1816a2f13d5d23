import { pino } from "pino";
import type { ListRenderer } from "../documents/list_renderer.ts";
import { createManagerExport } from "../jobs/manager_export.ts";
import { QUEUES } from "../jobs/queues.ts";
import type { ManagerStage } from "./testing.ts";

/** Runs the jobs that write files, as a worker does. */
export async function runExports(stage: ManagerStage, renderer: ListRenderer): Promise<void> {
  const handle = createManagerExport({
    sql: stage.work.database.sql,
    renderer,
    log: pino({ level: "silent" }),
  });
  const jobs = await stage.work.board.boss.fetch("manager.export", { batchSize: 10 });
  const context = { signal: AbortSignal.timeout(60_000), attempt: 1, isLastAttempt: true };
  for (const job of jobs) await handle(QUEUES["manager.export"].schema.parse(job.data), context);
}
