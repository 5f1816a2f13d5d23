import { z } from "zod";
import type { Sql } from "./client.ts";

/** The first number of the advisory locks of workers; the second one is the worker's own. */
export const WORKERS = 730_411;
const MANY_WORKERS = 500;

/** The sessions that hold the locks of workers, with what they are waiting for. */
const keepers = (sql: Sql) => sql`
  select pg_locks.objid, session.pid, session.wait_event, session.state_change
  from pg_locks
  left join pg_stat_activity as session on session.pid = pg_locks.pid
  where pg_locks.locktype = 'advisory'
    and pg_locks.granted
    and pg_locks.database = (select oid from pg_database where datname = current_database())
    and pg_locks.classid = ${WORKERS}
    and pg_locks.objsubid = 2
`;

/** Of a session that waits for its process, which asked for nothing for so many seconds. */
const isFrozen = (sql: Sql, patience: number) => sql`
  keeper.wait_event = 'ClientRead'
  and keeper.state_change < clock_timestamp() - make_interval(secs => ${patience})
`;

/** Workers that have jobs and don't live: `isFrozen` is one that holds its lock and stands still. */
export interface LostWorker {
  readonly worker: number;
  readonly isFrozen: boolean;
}

/**
 * @param worker looks, and is not looked at
 * @param patience seconds without a word after which a worker stands still
 */
export async function findLostWorkers(
  sql: Sql,
  worker: number,
  patience: number,
): Promise<LostWorker[]> {
  const rows = await sql`
    select distinct claims.worker, keeper.objid is not null as is_frozen
    from job_claims as claims
    left join (${keepers(sql)}) as keeper on keeper.objid = claims.worker::oid
    where claims.worker <> ${worker}
      and (keeper.objid is null or (${isFrozen(sql, patience)}))
    limit ${MANY_WORKERS}
  `;
  return z
    .array(
      z
        .object({ worker: z.number(), is_frozen: z.boolean() })
        .transform((row): LostWorker => ({ worker: row.worker, isFrozen: row.is_frozen })),
    )
    .parse([...rows]);
}

/** As `application_name` of every session of one process that works on jobs. */
export function sessionName(name: string, worker: number): string {
  return `${name} ${worker}`;
}

/**
 * Ends the sessions of workers that stand still: the one that holds the lock, and all in the middle of a
 * transaction, whose rows nobody else could touch.
 */
export async function endFrozenSessions(
  sql: Sql,
  workers: readonly number[],
  patience: number,
): Promise<void> {
  if (workers.length === 0) return;
  await sql`
    with frozen as (
      select keeper.pid, keeper.objid
      from (${keepers(sql)}) as keeper
      where keeper.objid = any(${[...workers]}::oid[]) and (${isFrozen(sql, patience)})
    )
    select pg_terminate_backend(session.pid)
    from pg_stat_activity as session
    join frozen
      on frozen.pid = session.pid
      or (session.xact_start is not null and session.application_name like '% ' || frozen.objid::text)
    where session.datname = current_database()
  `;
}
