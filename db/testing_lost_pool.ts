/**
 * `node testing_lost_pool.ts <databaseUrl>`: asks a pool without a pause while all of its connections are
 * ended again and again, and tells as JSON how often each outcome was. A process of its own: postgres.js'
 * question for array types fails where nobody can catch it.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { pino } from "pino";
import { inTransaction } from "./transactions.ts";
import { connect } from "./pools.ts";

const ROUNDS = 20;
const ASKERS = 12;
const NAME = "asks without a pause";
const url = process.argv[2] ?? "";
const log = pino({ level: "silent" });
process.on("unhandledRejection", () => undefined);

const outcomes: Record<string, number> = { asked: 0, answered: 0 };
const note = (outcome: string): void => void (outcomes[outcome] = (outcomes[outcome] ?? 0) + 1);
const sql = connect({ url, max: 6, applicationName: NAME, log });
const judge = connect({ url, max: 1, applicationName: "judge", log });
const life = { isOver: false };

async function ask(isTransaction: boolean): Promise<void> {
  note("asked");
  try {
    await (isTransaction ? inTransaction(sql, (tx) => tx`select 1`) : sql`select pg_sleep(0.002)`);
    note("answered");
  } catch (error) {
    note(error instanceof Error && "code" in error ? String(error.code) : "other");
  }
}

const asking = Array.from({ length: ASKERS }, async (_, index) => {
  while (!life.isOver) {
    await ask(index % 2 === 0);
    if (index % 3 === 0) await sleep(index);
  }
});
for (let round = 0; round < ROUNDS; round += 1) {
  await sleep(100);
  await judge`
    select pg_terminate_backend(pid)
    from pg_stat_activity
    where datname = current_database() and application_name = ${NAME}
  `;
}
life.isOver = true;
await Promise.all(asking);
process.stdout.write(JSON.stringify(outcomes));
process.exit(0);
