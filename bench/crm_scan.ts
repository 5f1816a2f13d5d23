/**
 * A cold scan in a process of its own, so that its memory is that of the scan alone:
 * `node crm_scan.ts <databaseUrl> <companyId> <userId> <address of the portal>`.
 * Prints one line of JSON: records, seconds, and memory in bytes, idle and at its highest.
 */
import { pino } from "pino";
import { connect } from "../db/client.ts";
import { connectCrm } from "../server/crm/connecting.ts";
import { createCrm } from "../server/crm/crm.ts";
import { syncConnection } from "../server/crm/syncing.ts";
import { startJobBoard } from "../server/jobs/job_board.ts";
import { newId } from "../server/new_id.ts";
import { createAsActor } from "../server/services/work.ts";

const SAMPLE = 10; // ms

const [url = "", companyId = "", userId = "", portal = ""] = process.argv.slice(2);
const log = pino({ level: "silent" });
const sql = connect({ url, max: 8, applicationName: "smetka bench crm", log });
const board = await startJobBoard({ url, log, supervises: false });
const work = { sql, board, onCommitted: () => undefined, clock: () => new Date(), newId };
const crm = createCrm({
  ...work,
  asActor: createAsActor(work),
  secretKey: "of the benchmark, long enough for it",
  publicUrl: null,
  arePrivateHostsAllowed: true,
  log,
});
const { signal } = new AbortController();
const actor = { companyId, userId, role: "owner" } as const;
const access = { kind: "bitrix24", url: portal } as const;
const { connectionId } = await connectCrm(crm.dependencies, actor, access, signal);

const idle = process.memoryUsage.rss();
let peak = idle;
const look = (): void => {
  peak = Math.max(peak, process.memoryUsage.rss());
};
const sampling = setInterval(look, SAMPLE);
const started = performance.now();
const request = { companyId, connectionId, isFull: false, signal };
const outcome = await syncConnection(crm.dependencies, { ...request, onPage: look });
const seconds = (performance.now() - started) / 1000;
clearInterval(sampling);
const records = outcome.outcome === "done" ? outcome.clients : 0;
process.stdout.write(`${JSON.stringify({ records, seconds, idle, peak })}\n`);
crm.close();
await board.stop();
await sql.end();
