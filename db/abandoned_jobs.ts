import { z } from "zod";
import type { Id } from "../domain/ids.ts";
import type { Sql } from "./client.ts";

/** At a time; the next look finds the rest. */
const MANY_JOBS = 500;

/** A running job that nobody works on. */
export interface AbandonedJob {
  readonly id: Id;
  readonly queue: string;
  /** Names the attempt; see pg-boss' `fail`. */
  readonly retryCount: number;
  /** It waits to be run again. False: that was its last attempt. */
  readonly isRevived: boolean;
}

const abandonedRows = z.array(
  z
    .object({ id: z.string(), queue: z.string(), retry_count: z.number(), is_revived: z.boolean() })
    .transform(({ retry_count: retryCount, is_revived: isRevived, ...row }): AbandonedJob => ({
      ...row,
      retryCount,
      isRevived,
    })),
);

/** Nobody began these jobs, so it was no attempt. */
export async function reviveUnheard(
  sql: Sql,
  worker: number,
  ids: readonly Id[],
): Promise<AbandonedJob[]> {
  if (ids.length === 0) return [];
  const rows = await sql`
    with unheard as (
      delete from job_claims
      where job_id = any(${[...ids]}::uuid[]) and worker = ${worker}
      returning job_id, queue
    )
    update pgboss.job
    set state = 'retry', start_after = now(), started_on = null, heartbeat_on = null
    from unheard
    where job.name = unheard.queue and job.id = unheard.job_id and job.state = 'active'
    returning job.id, job.name as queue, job.retry_count, true as is_revived
  `;
  return abandonedRows.parse([...rows]);
}

/**
 * A death of the worker is an attempt more, not one of those that a job has for its own failures: most that
 * ran there are innocent. Up to so many attempts, for one of them may kill whoever takes it.
 */
const MOST_ATTEMPTS = 12;
/** So many are begun again at once; then whatever kills the workers gets the time to end: 2, 4, … 60 s. */
const QUICK_ATTEMPTS = 4;

/**
 * Jobs of dead workers wait again, the first times at once and without the pause that follows a failure.
 * One that had its last attempt is left running for the caller to fail.
 */
export async function reviveJobs(sql: Sql, workers: readonly number[]): Promise<AbandonedJob[]> {
  if (workers.length === 0) return [];
  const rows = await sql`
    with abandoned as (
      delete from job_claims
      where job_id in (
        select job_id
        from job_claims
        where worker = any(${[...workers]}::int[])
        order by job_id
        limit ${MANY_JOBS}
        for update skip locked
      )
      returning job_id, queue
    ), revived as (
      update pgboss.job
      set
        state = 'retry', heartbeat_on = null,
        start_after = now() + case
          when job.retry_count < ${QUICK_ATTEMPTS} then interval '0'
          else least(60, 2 ^ (job.retry_count + 1 - ${QUICK_ATTEMPTS}::int)) * interval '1 second'
        end,
        retry_limit = greatest(job.retry_limit, least(job.retry_limit + 1, ${MOST_ATTEMPTS - 1}))
      from abandoned
      where job.name = abandoned.queue
        and job.id = abandoned.job_id
        and job.state = 'active'
        and job.retry_count < greatest(job.retry_limit, ${MOST_ATTEMPTS - 1})
      returning job.id, job.name, job.retry_count
    )
    select id, name as queue, retry_count, true as is_revived
    from revived
    union all
    select job.id, job.name, job.retry_count, false
    from abandoned
    join pgboss.job
      on job.name = abandoned.queue and job.id = abandoned.job_id
      and job.state = 'active'
      and job.retry_count >= greatest(job.retry_limit, ${MOST_ATTEMPTS - 1})
  `;
  return abandonedRows.parse([...rows]);
}
