import { parseArgs } from "node:util";
import { measureCrm } from "./crm.ts";
import { type Bench, openBench } from "./database.ts";
import { measureEstimates } from "./estimates.ts";
import type { Row } from "./measure.ts";
import { measureLive } from "./live.ts";
import { measureManager } from "./manager.ts";
import { measureMiniapp } from "./miniapp.ts";
import { measureNotifications } from "./notifications.ts";
import { writeReport } from "./report.ts";
import { measureSearch, MILLION } from "./search.ts";
import { measureTelegram } from "./telegram.ts";

/**
 * `npm run bench [-- part …]`: prints a table for each part and keeps its last five in docs/benchmarks.md.
 * `--clients 100000 --companies 5`: among how many the search is measured.
 */
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    clients: { type: "string", default: String(MILLION.clients) },
    companies: { type: "string", default: String(MILLION.companies) },
  },
});
const size = { clients: Number(values.clients), companies: Number(values.companies) };

const PARTS: Readonly<Record<string, (bench: Bench) => Promise<Row[]>>> = {
  telegram: measureTelegram,
  estimates: measureEstimates,
  notifications: measureNotifications,
  crm: measureCrm,
  live: measureLive,
  manager: measureManager,
  miniapp: measureMiniapp,
  search: (bench) => measureSearch(bench, size),
};
const names = positionals.length === 0 ? Object.keys(PARTS) : positionals;

const bench = await openBench();
try {
  for (const name of names) {
    const part = PARTS[name];
    if (!part) throw new Error(`no part ${name}: ${Object.keys(PARTS).join(", ")}`);
    await writeReport(name, await part(bench));
  }
} finally {
  await bench.close();
}
