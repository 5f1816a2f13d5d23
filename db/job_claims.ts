import { z } from "zod";
import type { Id } from "../domain/ids.ts";
import type { Sql } from "./client.ts";
import { keepConnection, type KeptConnection } from "./kept_connection.ts";

/** The first number of the advisory locks of workers; the second one is the worker's own. */
const WORKERS = 730_411;
const MANY_JOBS = 500;

/** A running job whose worker died. */
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

/** The jobs of one worker, and a look at those of workers that died. */
export interface JobClaims {
  /** Jobs that this worker runs from now on. */
  claim(queue: string, ids: readonly Id[]): Promise<void>;
  /** Forgets them with the next look. */
  release(id: Id): void;
  /**
   * Shows that this worker lives, and revives the jobs of those that were found dead twice in a row:
   * after PostgreSQL was gone for a moment everybody gets the time to come back.
   */
  look(): Promise<readonly AbandonedJob[]>;
  close(): Promise<void>;
}

/**
 * A worker holds a lock on one connection that is kept for it: PostgreSQL lets go of it when the
 * process dies, however it dies. A job whose worker's lock is gone is taken over at once.
 * @param worker 0 to 2^31 - 1, another one in each process
 */
export function createJobClaims(sql: Sql, worker: number): JobClaims {
  let keeper: KeptConnection | null = null;
  let suspects: readonly number[] = [];
  const released = new Set<Id>();

  /** The connection that holds the lock; null while the server still knows of the one before it. */
  async function keepAlive(): Promise<KeptConnection | null> {
    if (keeper && !keeper.isLost()) return keeper;
    keeper = null;
    suspects = [];
    const kept = keepConnection(sql);
    try {
      const [row] = await kept.sql`select pg_try_advisory_lock(${WORKERS}, ${worker}) as is_taken`;
      if (row?.["is_taken"] === true) keeper = kept;
      return keeper;
    } finally {
      if (keeper !== kept) kept.close();
    }
  }

  async function forgetReleased(): Promise<void> {
    if (released.size === 0) return;
    const ids = [...released];
    await sql`delete from job_claims where job_id = any(${ids}::uuid[]) and worker = ${worker}`;
    for (const id of ids) released.delete(id);
  }

  async function findDead({ sql: own }: KeptConnection): Promise<number[]> {
    const rows = await own`
      select distinct worker
      from job_claims as claims
      where worker <> ${worker}
        and not exists (
          select
          from pg_locks
          where locktype = 'advisory'
            and granted
            and database = (select oid from pg_database where datname = current_database())
            and classid = ${WORKERS}
            and objid = claims.worker::oid
            and objsubid = 2
        )
      limit ${MANY_JOBS}
    `;
    return z
      .array(z.object({ worker: z.number() }))
      .parse(rows)
      .map((row) => row.worker);
  }

  return {
    claim: async (queue, ids) => {
      for (const id of ids) released.delete(id);
      await sql`
        insert into job_claims (job_id, queue, worker)
        select id, ${queue}, ${worker}
        from unnest(${[...ids]}::uuid[]) as given (id)
        on conflict (job_id) do update
        set worker = excluded.worker
      `;
    },
    release: (id) => {
      released.add(id);
    },
    look: async () => {
      try {
        const kept = await keepAlive();
        if (!kept) return [];
        await forgetReleased();
        const dead = await findDead(kept);
        const confirmed = dead.filter((found) => suspects.includes(found));
        suspects = dead;
        return confirmed.length === 0 ? [] : await reviveJobs(sql, confirmed);
      } catch (error) {
        suspects = [];
        throw error;
      }
    },
    close: async () => {
      try {
        await forgetReleased();
      } finally {
        keeper?.close();
        keeper = null;
      }
    },
  };
}

/**
 * Jobs of dead workers wait again, at once and without the pause that follows a failure. One that had
 * its last attempt is left running for the caller to fail: it may be the job that kills workers.
 */
async function reviveJobs(sql: Sql, workers: readonly number[]): Promise<AbandonedJob[]> {
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
      set state = 'retry', start_after = now(), heartbeat_on = null
      from abandoned
      where job.name = abandoned.queue
        and job.id = abandoned.job_id
        and job.state = 'active'
        and job.retry_count < job.retry_limit
      returning job.id, job.name, job.retry_count
    )
    select id, name as queue, retry_count, true as is_revived
    from revived
    union all
    select job.id, job.name, job.retry_count, false
    from abandoned
    join pgboss.job
      on job.name = abandoned.queue and job.id = abandoned.job_id
      and job.state = 'active' and job.retry_count >= job.retry_limit
  `;
  return abandonedRows.parse([...rows]);
}
