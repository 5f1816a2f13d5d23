/**
 * A scan in a process of its own, so that its memory is that of the scan alone:
 * `node crm_scan.ts <databaseUrl> <companyId> <userId> <access as JSON>`. The first run connects and
 * reads everything, later ones what changed. Prints one line of JSON: records, requests,
 * seconds, and memory in bytes, idle and at its highest.
 */
import { pino } from "pino";
import { connect } from "../db/pools.ts";
import { crmAccessSchema } from "../domain/crm.ts";
import { connectCrm } from "../server/crm/connecting.ts";
import { createCrm } from "../server/crm/crm.ts";
import { syncConnection } from "../server/crm/syncing.ts";
import { startJobBoard } from "../server/jobs/job_board.ts";
import { newId } from "../server/new_id.ts";
import { createAsActor } from "../server/services/work.ts";

const SAMPLE = 10; // ms

const [url = "", companyId = "", userId = "", access = ""] = process.argv.slice(2);
const log = pino({ level: "silent" });
const sql = connect({ url, max: 8, applicationName: "smetka bench crm", log });
const board = await startJobBoard({ url, log, supervises: false });
let requests = 0;
const work = { sql, board, onCommitted: () => undefined, clock: () => new Date(), newId };
const asActor = createAsActor(work);
const crm = createCrm({
  ...work,
  asActor,
  secretKey: "of the benchmark, long enough for it",
  publicUrl: null,
  arePrivateHostsAllowed: true,
  // What is measured is our work, not the waiting that a CRM asks for.
  paceOf: () => ({ take: async () => ({ wait: 0, blocked: 0 }), block: async () => undefined }),
  onCall: () => (requests += 1),
  log,
});
const { signal } = new AbortController();
const actor = { companyId, userId, role: "owner" } as const;
const given = crmAccessSchema.parse(JSON.parse(access));
const known = await asActor(actor, (services) => services.crm.connections());
const connectionId =
  known.find(({ kind }) => kind === given.kind)?.id ??
  (await connectCrm(crm.dependencies, actor, given, signal)).connectionId;

requests = 0;
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
const records = outcome.outcome === "done" ? outcome.clients + outcome.deals : 0;
process.stdout.write(`${JSON.stringify({ records, requests, seconds, idle, peak })}\n`);
crm.close();
await board.stop();
await sql.end();
