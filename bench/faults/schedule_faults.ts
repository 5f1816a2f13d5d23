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
      await notePlans(stage);
      await withBoard(stage, ({ boss }) => boss.schedule(QUEUE, "* * * * *", {}, { key: KEY }));
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
      const minutes = await plansByMinute(stage);
      const counts = minutes.map(({ count }) => count);
      if (counts.length === 0) throw new Error("nothing was planned");
      if (counts.some((count) => count > 1))
        throw new Error(`jobs by minute: ${counts.join(", ")}`);
      return `${counts.length} minutes, one job in each`;
    },
  },
];

/** Whatever is planned leaves a row of its own: a job that is done is gone. */
async function notePlans({ database: { sql } }: Stage): Promise<void> {
  await sql`create table faults_plans (at timestamptz not null)`;
  await sql`
    create function note_plan() returns trigger language plpgsql as $$
    begin
      insert into public.faults_plans (at) values (new.created_on);
      return null;
    end
    $$
  `;
  await sql.unsafe(`
    create trigger note_plan after insert on pgboss.job
    for each row when (new.name = '${QUEUE}') execute function note_plan()
  `);
}

/** By the minute for which they were planned. */
async function plansByMinute({ database: { sql } }: Stage) {
  const rows = await sql<{ minute: Date; count: number }[]>`
    select date_trunc('minute', at) as minute, count(*)::int as count
    from faults_plans
    group by minute
    order by minute
  `;
  await sql`drop function note_plan cascade`;
  await sql`drop table faults_plans`;
  return rows;
}
