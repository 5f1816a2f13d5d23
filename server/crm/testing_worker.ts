/**
 * A worker that tests may kill: the same parts as in the program, in a process of its own. Is told its
 * work in one message, answers "page" behind every stored page and with the outcome at the end.
 */
import { once } from "node:events";
import { flushCompileCache } from "node:module";
import { pino } from "pino";
import { connect } from "../../db/pools.ts";
import type { CrmFile } from "../../domain/crm_adapter.ts";
import type { ApprovedEstimate } from "../../domain/crm_push.ts";
import type { Id } from "../../domain/ids.ts";
import { startJobBoard } from "../jobs/job_board.ts";
import { newId } from "../new_id.ts";
import { createAsActor } from "../services/work.ts";
import { createCrm } from "./crm.ts";
import { pushEstimate } from "./pushing.ts";
import { syncConnection } from "./syncing.ts";

export interface WorkerTask {
  readonly databaseUrl: string;
  readonly secretKey: string;
  readonly now: Date;
  readonly companyId: Id;
  readonly connectionId: Id;
  /** Null: reads what is new. */
  readonly approved: ApprovedEstimate | null;
  readonly file: CrmFile;
}

process.once("disconnect", () => process.exit(0));
// Who is killed leaves nothing to the next.
flushCompileCache();
process.send?.("ready");
const [task] = (await once(process, "message")) as [WorkerTask];
const { databaseUrl: url, secretKey, now, companyId, connectionId, approved, file } = task;
const log = pino({ level: "silent" });
const sql = connect({ url, max: 4, applicationName: "smetka test worker", log });
const board = await startJobBoard({ url, log, supervises: false });
const work = { sql, board, onCommitted: () => undefined, clock: () => now, newId };
const crm = createCrm({
  ...work,
  asActor: createAsActor(work),
  secretKey,
  publicUrl: "https://smetka.example",
  arePrivateHostsAllowed: true,
  log,
  paceOf: () => ({ take: async () => ({ wait: 0, blocked: 0 }), block: async () => undefined }),
});
const { signal } = new AbortController();
const place = { companyId, connectionId, signal };
if (approved) {
  const { estimateId } = approved;
  const sources = { approved: async () => approved, pdf: async () => file };
  process.send?.(await pushEstimate(crm.dependencies, sources, { ...place, estimateId }));
} else {
  const onPage = () => void process.send?.("page");
  const request = { ...place, isFull: false, onPage };
  process.send?.((await syncConnection(crm.dependencies, request)).outcome);
}
process.exit(0);
