import { z } from "zod";
import type { Id } from "../domain/ids.ts";
import type { Sql, Transaction } from "./client.ts";
import { inTransaction } from "./transactions.ts";

/** A job as pg-boss gives it. */
export interface HeldJob {
  readonly id: Id;
  readonly data: object;
  /** Of this attempt, from 0. */
  readonly retryCount: number;
  readonly retryLimit: number;
}

/** What is left of held jobs when their transaction ends; whatever is in neither is done and gone. */
export interface LeftJobs {
  /** Claimed by the worker, and running. */
  readonly running: readonly HeldJob[];
  /** Waiting again as if nobody had taken them. */
  readonly waiting: readonly HeldJob[];
}

const heldRows = z.array(
  z.object({
    id: z.string(),
    data: z.looseObject({}),
    retryCount: z.number(),
    retryLimit: z.number(),
  }),
);

/** A process that stands still with jobs in its hands loses them after so many ms. */
const LONGEST_SILENCE = 5_000;

/**
 * Takes up to `limit` jobs out of a queue in a transaction that is open while `use` works on them: a done job
 * is written once, when its row goes. Until the commit everybody else sees them waiting and passes them by, and
 * whoever adds a job with the key of one waits; so it should be short. Where the transaction is lost, all of
 * them wait again. Resolves when it is committed.
 */
export async function holdJobs(
  sql: Sql,
  { queue, worker, limit }: { queue: string; worker: number; limit: number },
  use: (jobs: readonly HeldJob[]) => Promise<LeftJobs>,
): Promise<void> {
  await inTransaction(sql, async (tx) => {
    const jobs = await takeOut(tx, queue, limit);
    const { running, waiting } = await use(jobs);
    const left = [...running, ...waiting];
    if (left.length > 0) await putBack(tx, await readLines(sql, queue, left));
    if (running.length > 0) await claim(tx, queue, worker, running);
  });
}

async function takeOut(tx: Transaction, queue: string, limit: number): Promise<HeldJob[]> {
  // In the order of their index: see `claimFetched`. A plan that was kept from an idle queue reads a crowd
  // again for each of its jobs.
  const settings = tx`
    select
      set_config('enable_sort', 'off', true),
      set_config('enable_bitmapscan', 'off', true),
      set_config('enable_seqscan', 'off', true),
      set_config('enable_hashjoin', 'off', true),
      set_config('plan_cache_mode', 'force_custom_plan', true),
      set_config('idle_in_transaction_session_timeout', ${String(LONGEST_SILENCE)}, true)
  `.execute();
  // By the place of each row, which can't change while it is locked: no second index is looked into.
  const taking = tx`
    delete from pgboss.job_common as job
    where ctid = any(array(
      select ctid
      from pgboss.job_common
      where name = ${queue}
        and state < 'active'
        and not blocked
        and start_after <= pgboss.job_now()
      order by priority desc, created_on
      limit ${limit}
      for update skip locked
    ))
    returning
      id, data,
      case when started_on is null then retry_count else retry_count + 1 end as "retryCount",
      retry_limit as "retryLimit"
  `.execute();
  const [, rows] = await Promise.all([settings, taking]);
  return heldRows.parse([...rows]);
}

const lineRows = z.array(z.object({ line: z.string() }));

/**
 * Whole rows, whatever columns they have. To others they are still there, and nobody can change them: few jobs
 * are put back, and a line with every job would double the price of taking them.
 */
async function readLines(sql: Sql, queue: string, jobs: readonly HeldJob[]): Promise<string[]> {
  const rows = await sql`
    select job::text as line
    from pgboss.job_common as job
    where name = ${queue} and id = any(${jobs.map(({ id }) => id)}::uuid[])
    limit ${jobs.length}
  `;
  if (rows.length !== jobs.length) throw new Error("held jobs are not where they were");
  return lineRows.parse([...rows]).map(({ line }) => line);
}

async function putBack(tx: Transaction, lines: readonly string[]): Promise<void> {
  await tx`
    insert into pgboss.job_common
    select (line::pgboss.job_common).*
    from unnest(${[...lines]}::text[]) as line
  `;
}

/** As pg-boss' fetch marks them. */
async function claim(
  tx: Transaction,
  queue: string,
  worker: number,
  jobs: readonly HeldJob[],
): Promise<void> {
  await tx`
    with claimed as (
      insert into job_claims (job_id, queue, worker)
      select id, ${queue}, ${worker}
      from unnest(${jobs.map(({ id }) => id)}::uuid[]) as id
      on conflict (job_id) do update
      set worker = excluded.worker
      returning job_id
    )
    update pgboss.job
    set
      state = 'active', started_on = pgboss.job_now(), heartbeat_on = pgboss.job_now(),
      retry_count = case when started_on is null then retry_count else retry_count + 1 end
    from claimed
    where job.name = ${queue} and job.id = claimed.job_id
  `;
}
