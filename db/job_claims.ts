import { z } from "zod";
import type { Id } from "../domain/ids.ts";
import { type AbandonedJob, reviveJobs, reviveUnheard } from "./abandoned_jobs.ts";
import type { Sql } from "./client.ts";
import { keepConnection, type KeptConnection } from "./kept_connection.ts";

/** The first number of the advisory locks of workers; the second one is the worker's own. */
const WORKERS = 730_411;
const MANY_JOBS = 500;
/** A statement whose answer was lost may still commit; none runs for longer. */
const LONGEST_STATEMENT = 60_000; // ms

const claimRows = z.array(z.object({ id: z.string(), queue: z.string() }));

/** What pg-boss lets its statements run on. */
export interface JobDatabase {
  executeSql(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
}

/** The jobs of one worker, and a look at those of workers that died. */
export interface JobClaims {
  /**
   * Jobs that this worker runs from now on: `fetch` takes them from one queue, and the same statement
   * notes whose they are. One call at a time for each queue.
   */
  take<Job extends { readonly id: Id }>(
    queue: string,
    fetch: (db: JobDatabase) => Promise<Job[]>,
  ): Promise<Job[]>;
  /** Forgets them with the next look. */
  release(id: Id): void;
  /**
   * Shows that this worker lives, and revives the jobs of those that were found dead twice in a row:
   * after PostgreSQL was gone for a moment everybody gets the time to come back. Also revives its own
   * that it never heard of, because the answer to `take` was lost.
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
  const held = new Set<Id>();
  /** Queues from which jobs are being taken. */
  const taking = new Set<string>();
  /** Until then jobs may be claimed that nobody here knows of. `performance.now()` */
  let unsureUntil = 0;

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

  /** Whose the jobs are is known with their fetch or not at all. */
  const claiming = (queue: string): JobDatabase => ({
    executeSql: async (text, values = []) => {
      const [queueAt, workerAt] = [values.length + 1, values.length + 2];
      const statement = `
        with fetched as (${text}), claimed as (
          insert into job_claims (job_id, queue, worker)
          select id, $${queueAt}::text, $${workerAt}::int
          from fetched
          on conflict (job_id) do update
          set worker = excluded.worker
        )
        select * from fetched
      `;
      return { rows: await sql.unsafe(statement, [...values, queue, worker] as never[]) };
    },
  });

  /** Claimed by this worker, but the answer was lost. */
  async function findUnheard(): Promise<Id[]> {
    if (performance.now() > unsureUntil) return [];
    const rows = await sql`
      select job_id as id, queue from job_claims where worker = ${worker} limit ${MANY_JOBS}
    `;
    // What is held and taken now: a row that was seen is in one of these, if anybody knows of it.
    return claimRows
      .parse([...rows])
      .filter(({ id, queue }) => !held.has(id) && !released.has(id) && !taking.has(queue))
      .map(({ id }) => id);
  }

  return {
    take: async (queue, fetch) => {
      taking.add(queue);
      try {
        const jobs = await fetch(claiming(queue));
        for (const { id } of jobs) {
          released.delete(id);
          held.add(id);
        }
        return jobs;
      } catch (error) {
        unsureUntil = performance.now() + LONGEST_STATEMENT;
        throw error;
      } finally {
        taking.delete(queue);
      }
    },
    release: (id) => {
      held.delete(id);
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
        const unheard = await reviveUnheard(sql, worker, await findUnheard());
        return [...unheard, ...(await reviveJobs(sql, confirmed))];
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
