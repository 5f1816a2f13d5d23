import { setTimeout as sleep } from "node:timers/promises";
import { type Fault } from "./fault.ts";
import { withBoard } from "./job_faults.ts";
import { startProxy } from "./proxy.ts";
import type { Stage } from "./stage.ts";

/** A queue that has nothing to do here, with a schedule for every minute beside its own. */
const QUEUE = "crm.daily";
const KEY = "faults";
/** Two minutes begin in this time; the schedule is looked at every 30 s. */
const TIME = 125_000; // ms
const CUT_OFF = 20_000; // ms

/** Two that both plan what comes by the clock. */
export const scheduleFaults: readonly Fault[] = [
  {
    id: "24",
    name: "two schedulers, and one of them is cut off from PostgreSQL for a while",
    isShort: false,
    run: async (stage) => {
      const { hostname, port } = new URL(stage.database.directUrl);
      const wire = await startProxy({ host: hostname, port: Number(port) });
      const url = new URL(stage.database.directUrl);
      url.port = String(wire.port);
      const since = await planEveryMinute(stage);
      await stage.start("worker 2", { DATABASE_URL: url.href });
      try {
        await sleep(TIME / 2);
        wire.setSilent(true);
        await sleep(CUT_OFF);
        wire.setSilent(false);
        await sleep(TIME / 2 - CUT_OFF);
      } finally {
        await withBoard(stage, ({ boss }) => boss.unschedule(QUEUE, KEY));
        await stage.end("worker 2", "SIGTERM");
        await wire.close();
      }
      const minutes = await jobsByMinute(stage, since);
      const counts = minutes.map(({ count }) => count);
      if (counts.length === 0) throw new Error("nothing was planned");
      if (counts.some((count) => count > 1))
        throw new Error(`jobs by minute: ${counts.join(", ")}`);
      return `${counts.length} minutes, one job in each`;
    },
  },
];

async function planEveryMinute(stage: Stage): Promise<Date> {
  const [row] = await stage.database.sql<{ now: Date }[]>`select now() as now`;
  await withBoard(stage, ({ boss }) => boss.schedule(QUEUE, "* * * * *", {}, { key: KEY }));
  return row?.now ?? new Date();
}

/** By the minute for which they were planned. */
function jobsByMinute({ database }: Stage, since: Date) {
  return database.sql<{ minute: Date; count: number }[]>`
    select date_trunc('minute', created_on) as minute, count(*)::int as count
    from pgboss.job
    where name = ${QUEUE} and created_on > ${since}
    group by minute
    order by minute
  `;
}
