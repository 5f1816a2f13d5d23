import { parseArgs } from "node:util";
import { measureApi } from "./api.ts";
import { measureConversation } from "./conversation.ts";
import { measureCrm } from "./crm.ts";
import { type Bench, openBench } from "./database.ts";
import { measureDay } from "./day.ts";
import { measureEstimates } from "./estimates.ts";
import { measureJobs } from "./jobs.ts";
import { measureLists } from "./lists.ts";
import type { Row } from "./measure.ts";
import { measureLive } from "./live.ts";
import { measureManager } from "./manager.ts";
import { measureMiniapp } from "./miniapp.ts";
import { measureNotifications } from "./notifications.ts";
import { measurePdf } from "./pdf.ts";
import { writeReport } from "./report.ts";
import { measureSearch, MILLION } from "./search.ts";
import { measureStart } from "./start.ts";
import { measureTelegram } from "./telegram.ts";

/**
 * `npm run bench [-- part …]`: prints a table for each part and keeps its last five in docs/benchmarks.md.
 * `--clients 100000 --companies 5`: among how many the search is measured. `--backlog 5000`: jobs that an
 * outage left behind. `--day 0.05`: a twentieth of the whole day. `--contacts 5000`: how many a CRM has.
 */
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    clients: { type: "string", default: String(MILLION.clients) },
    companies: { type: "string", default: String(MILLION.companies) },
    backlog: { type: "string", default: "100000" },
    day: { type: "string", default: "1" },
    contacts: { type: "string", default: "100000" },
  },
});
const size = { clients: Number(values.clients), companies: Number(values.companies) };

const PARTS: Readonly<Record<string, (bench: Bench) => Promise<Row[]>>> = {
  telegram: measureTelegram,
  conversation: measureConversation,
  start: measureStart,
  lists: measureLists,
  estimates: measureEstimates,
  api: measureApi,
  jobs: (bench) => measureJobs(bench, Number(values.backlog)),
  notifications: measureNotifications,
  crm: (bench) => measureCrm(bench, Number(values.contacts)),
  live: measureLive,
  pdf: measurePdf,
  day: (bench) => measureDay(bench, Number(values.day)),
  manager: measureManager,
  miniapp: measureMiniapp,
  search: (bench) => measureSearch(bench, size),
};
const names = positionals.length === 0 ? Object.keys(PARTS) : positionals;

for (const name of names) {
  const part = PARTS[name];
  if (!part) throw new Error(`no part ${name}: ${Object.keys(PARTS).join(", ")}`);
  // A database of its own: what one part leaves, such as jobs for later, is no work of the next.
  const bench = await openBench();
  try {
    await writeReport(name, await part(bench));
  } finally {
    await bench.close();
  }
}
