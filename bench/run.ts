import { measureCrm } from "./crm.ts";
import { measureEstimates } from "./estimates.ts";
import { openBench } from "./database.ts";
import { measureNotifications } from "./notifications.ts";
import { writeReport } from "./report.ts";
import { measureSearch } from "./search.ts";
import { measureTelegram } from "./telegram.ts";

/** `npm run bench`: prints one table and keeps it, with the four before, in docs/benchmarks.md. */
const bench = await openBench();
try {
  const rows = [
    ...(await measureTelegram(bench)),
    ...(await measureEstimates(bench)),
    ...(await measureNotifications(bench)),
    ...(await measureSearch(bench)),
    ...(await measureCrm(bench)),
  ];
  await writeReport(rows);
} finally {
  await bench.close();
}
